using AmpEdge.IngestServer.DataPlane;
using AmpEdge.PromQL;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.Query;

/// <summary>The handlers of the query API, ready to be mapped.</summary>
internal sealed class QueryEndpoints
{
    public QueryEndpoints(Engine engine, QueryGate gate, ParserOptions parser, AdminEndpoints admin, TimeProvider time, ILogger log)
    {
        ApiRunner runner = new(log);
        Instant = runner.Run(new InstantQueryEndpoint(engine, gate, time).AnswerAsync);
        Range = runner.Run(new RangeQueryEndpoint(engine, gate).AnswerAsync);
        SeriesEndpoint series = new(gate);
        Series = runner.Run(call => HttpMethods.IsDelete(call.Context.Request.Method)
            ? AdminEndpoints.DropSeriesAsync(call)
            : series.AnswerAsync(call));
        LabelsEndpoint labels = new(gate);
        Labels = runner.Run(labels.AnswerNamesAsync);
        LabelValues = runner.Run(labels.AnswerValuesAsync);
        Metadata = runner.Run(MetadataEndpoint.AnswerAsync);
        Build = runner.Run(BuildEndpoint.AnswerAsync);
        Exemplars = runner.Run(new ExemplarsEndpoint(gate, parser).AnswerAsync);
        ExpressionEndpoints expressions = new(parser);
        Format = runner.Run(expressions.AnswerFormattedAsync);
        Parse = runner.Run(expressions.AnswerParsedAsync);
        DeleteSeries = runner.Run(admin.DeleteSeriesAsync);
        CleanTombstones = runner.Run(admin.CleanTombstonesAsync);
        Snapshot = runner.Run(admin.SnapshotAsync);
    }

    public DataPlaneHandler Instant { get; }

    public DataPlaneHandler Range { get; }

    public DataPlaneHandler Series { get; }

    public DataPlaneHandler Labels { get; }

    public DataPlaneHandler LabelValues { get; }

    public DataPlaneHandler Metadata { get; }

    public DataPlaneHandler Exemplars { get; }

    public DataPlaneHandler Build { get; }

    public DataPlaneHandler Format { get; }

    public DataPlaneHandler Parse { get; }

    public DataPlaneHandler DeleteSeries { get; }

    public DataPlaneHandler CleanTombstones { get; }

    public DataPlaneHandler Snapshot { get; }
}
