using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.Query;

/// <summary>A query as its caller asked for it, all parameters read.</summary>
/// <param name="Text">The expression.</param>
/// <param name="StartMs">The first step; that of an instant query is its only one.</param>
/// <param name="EndMs">The last moment at which a step may be.</param>
/// <param name="StepMs">The distance of steps; 0 for an instant query.</param>
/// <param name="Options">What the engine has to know.</param>
/// <param name="Limit">The most series in the answer; 0 for all.</param>
/// <param name="WarnAtSamples">A query that looks at more samples is answered with a warning; null for never.</param>
internal sealed record QueryCall(
    string Text, long StartMs, long EndMs, long StepMs, QueryOptions Options, int Limit, long? WarnAtSamples)
{
    private const string WarningThreshold = "max_samples_processed_warning_threshold";
    private const string ErrorThreshold = "max_samples_processed_error_threshold";

    /// <summary>Reads what instant and range queries have in common, after the times; <see cref="ParameterReader.Error"/> may be set.</summary>
    public static QueryCall Read(
        RequestParameters parameters, ParameterReader reader, (long StartMs, long EndMs, long StepMs) times, int limit)
    {
        QueryOptions options = new()
        {
            Timeout = reader.Timeout(),
            LookbackDelta = reader.Lookback(),
            CountSamplesPerStep = parameters.Get("stats") == "all",
            MaxSamplesProcessed = reader.Threshold(ErrorThreshold),
        };
        return new QueryCall(
            parameters.Get("query"), times.StartMs, times.EndMs, times.StepMs, options, limit, reader.Threshold(WarningThreshold));
    }
}
