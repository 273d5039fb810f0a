using AmpEdge.IngestServer.DataPlane;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>The write path under its two names, which differ in how they say that all is well.</summary>
/// <param name="takesAll">False to refuse what AMP refuses: remote write 2.0 and native histograms.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where refusals are told.</param>
internal sealed class WriteEndpoints(bool takesAll, TimeProvider time, ILogger log)
{
    /// <summary>AMP answers 200.</summary>
    public DataPlaneHandler Amp { get; } = new WriteEndpoint(StatusCodes.Status200OK, takesAll, time, log).AnswerAsync;

    /// <summary>Prometheus answers 204.</summary>
    public DataPlaneHandler Prometheus { get; } =
        new WriteEndpoint(StatusCodes.Status204NoContent, takesAll, time, log).AnswerAsync;
}
