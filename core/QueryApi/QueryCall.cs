using AmpEdge.PromQL;

namespace AmpEdge.QueryApi;

/// <summary>A query as its caller asked for it, all parameters read.</summary>
/// <param name="Text">The expression.</param>
/// <param name="StartMs">The first step; that of an instant query is its only one.</param>
/// <param name="EndMs">The last moment at which a step may be.</param>
/// <param name="StepMs">The distance of steps; 0 for an instant query.</param>
/// <param name="Options">What the engine has to know.</param>
/// <param name="Limit">The most series in the answer; 0 for all.</param>
/// <param name="WarnAtSamples">A query that looks at more samples is answered with a warning; null for never.</param>
/// <param name="ShowsStatistics">The answer tells what the query took.</param>
public sealed record QueryCall(
    string Text,
    long StartMs,
    long EndMs,
    long StepMs,
    QueryOptions Options,
    int Limit,
    long? WarnAtSamples,
    bool ShowsStatistics)
{
    /// <summary>Prometheus's bound: a minute's resolution for a week, an hour's for a year.</summary>
    private const int MaxPoints = 11_000;

    /// <summary>AMP's parameter: with more samples, the answer has a warning.</summary>
    public const string WarningThreshold = "max_samples_processed_warning_threshold";
    /// <summary>AMP's parameter: with more samples, the query fails.</summary>
    public const string ErrorThreshold = "max_samples_processed_error_threshold";

    /// <summary>Reads the parameters of <c>query</c>, or says which cannot be read.</summary>
    public static ApiError? ReadInstant(RequestParameters parameters, long nowMs, out QueryCall query)
    {
        ParameterReader reader = new(parameters);
        int limit = reader.Limit();
        long timeMs = reader.Time("time", nowMs);
        query = Read(parameters, reader, (timeMs, timeMs, 0), limit);
        return reader.Error;
    }

    /// <summary>Reads the parameters of <c>query_range</c>, or says which cannot be read.</summary>
    public static ApiError? ReadRange(RequestParameters parameters, out QueryCall query)
    {
        ParameterReader reader = new(parameters);
        int limit = reader.Limit();
        long startMs = reader.Time("start");
        long endMs = reader.Time("end");
        ApiError? error = reader.Error ?? CheckOrder(startMs, endMs);
        long stepMs = error is null ? reader.DurationMs("step") : 0;
        error ??= reader.Error ?? CheckStep(startMs, endMs, stepMs);
        query = Read(parameters, reader, (startMs, endMs, stepMs), limit);
        return error ?? reader.Error;
    }

    private static QueryCall Read(
        RequestParameters parameters, ParameterReader reader, (long StartMs, long EndMs, long StepMs) times, int limit)
    {
        string statistics = parameters.Get("stats");
        QueryOptions options = new()
        {
            Timeout = reader.Timeout(),
            LookbackDelta = reader.Lookback(),
            CountSamplesPerStep = statistics == "all",
            MaxSamplesProcessed = reader.Threshold(ErrorThreshold),
        };
        return new QueryCall(
            parameters.Get("query"),
            times.StartMs,
            times.EndMs,
            times.StepMs,
            options,
            limit,
            reader.Threshold(WarningThreshold),
            statistics.Length > 0);
    }

    private static ApiError? CheckOrder(long startMs, long endMs) => endMs < startMs
        ? ApiError.InvalidParameter("end", "end timestamp must not be before start time")
        : null;

    private static ApiError? CheckStep(long startMs, long endMs, long stepMs)
    {
        if (stepMs <= 0)
        {
            return ApiError.InvalidParameter(
                "step", "zero or negative query resolution step widths are not accepted. Try a positive integer");
        }

        return (ulong)(endMs - startMs) / (ulong)stepMs > MaxPoints
            ? ApiError.BadData(
                "exceeded maximum resolution of 11,000 points per timeseries. "
                + "Try decreasing the query resolution (?step=XX)")
            : null;
    }
}
