using AmpEdge.IngestServer.DataPlane;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>The write path under its two names, which differ in how they say that all is well.</summary>
internal sealed class WriteEndpoints(TimeProvider time, ILogger log)
{
    /// <summary>AMP answers 200.</summary>
    public DataPlaneHandler Amp { get; } = new WriteEndpoint(StatusCodes.Status200OK, time, log).AnswerAsync;

    /// <summary>Prometheus answers 204.</summary>
    public DataPlaneHandler Prometheus { get; } =
        new WriteEndpoint(StatusCodes.Status204NoContent, time, log).AnswerAsync;
}
