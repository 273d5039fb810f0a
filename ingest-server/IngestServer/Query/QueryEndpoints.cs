using AmpEdge.IngestServer.DataPlane;
using AmpEdge.IngestServer.Status;
using AmpEdge.PromQL;
using AmpEdge.QueryApi;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.Query;

/// <summary>The handlers of the query API, ready to be mapped.</summary>
internal sealed class QueryEndpoints
{
    public QueryEndpoints(
        QueryRunner queries, QueryGate gate, ParserOptions parser, AdminEndpoints admin, ServerStatus status, TimeProvider time, ILogger log)
    {
        ApiRunner runner = new(log);
        Instant = runner.Run(new InstantQueryEndpoint(queries, time).AnswerAsync);
        Range = runner.Run(new RangeQueryEndpoint(queries).AnswerAsync);
        SeriesEndpoint series = new(gate);
        Series = runner.Run(call => HttpMethods.IsDelete(call.Context.Request.Method)
            ? AdminEndpoints.DropSeriesAsync(call)
            : series.AnswerAsync(call));
        LabelsEndpoint labels = new(gate);
        Labels = runner.Run(labels.AnswerNamesAsync);
        LabelValues = runner.Run(labels.AnswerValuesAsync);
        Metadata = runner.Run(MetadataEndpoint.AnswerAsync);
        Build = runner.Run(StatusEndpoints.AnswerBuildAsync);
        StatusEndpoints program = new(status);
        Config = runner.Run(program.AnswerConfigAsync);
        Flags = runner.Run(program.AnswerFlagsAsync);
        Runtime = runner.Run(program.AnswerRuntimeAsync);
        Tsdb = runner.Run(StoreStatusEndpoints.AnswerTsdbAsync);
        Replay = runner.Run(StoreStatusEndpoints.AnswerReplayAsync);
        Targets = runner.Run(ScrapingEndpoints.AnswerTargetsAsync);
        TargetMetadata = runner.Run(ScrapingEndpoints.AnswerTargetMetadataAsync);
        ScrapePools = runner.Run(ScrapingEndpoints.AnswerPoolsAsync);
        Alertmanagers = runner.Run(ScrapingEndpoints.AnswerAlertmanagersAsync);
        Notifications = runner.Run(static call => call.Response.SendDataAsync("[]"u8));
        Rules = runner.Run(RuleEndpoints.AnswerRulesAsync);
        Alerts = runner.Run(RuleEndpoints.AnswerAlertsAsync);
        Exemplars = runner.Run(new ExemplarsEndpoint(gate, parser).AnswerAsync);
        Format = runner.Run(call => ExpressionAnswers.SendFormattedAsync(call.Response, call.Parameters, parser));
        Parse = runner.Run(call => ExpressionAnswers.SendParsedAsync(call.Response, call.Parameters, parser));
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

    public DataPlaneHandler Config { get; }

    public DataPlaneHandler Flags { get; }

    public DataPlaneHandler Runtime { get; }

    public DataPlaneHandler Tsdb { get; }

    public DataPlaneHandler Replay { get; }

    public DataPlaneHandler Targets { get; }

    public DataPlaneHandler TargetMetadata { get; }

    public DataPlaneHandler ScrapePools { get; }

    public DataPlaneHandler Alertmanagers { get; }

    public DataPlaneHandler Notifications { get; }

    public DataPlaneHandler Rules { get; }

    public DataPlaneHandler Alerts { get; }

    public DataPlaneHandler Format { get; }

    public DataPlaneHandler Parse { get; }

    public DataPlaneHandler DeleteSeries { get; }

    public DataPlaneHandler CleanTombstones { get; }

    public DataPlaneHandler Snapshot { get; }
}
