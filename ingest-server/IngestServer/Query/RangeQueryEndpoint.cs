namespace AmpEdge.IngestServer.Query;

/// <summary><c>query_range</c>: an expression at every step between two times.</summary>
internal sealed class RangeQueryEndpoint(QueryRunner runner)
{
    /// <summary>Prometheus's bound: a minute's resolution for a week, an hour's for a year.</summary>
    private const int MaxPoints = 11_000;

    private readonly QueryRunner _runner = runner;

    public async Task<ApiError?> AnswerAsync(ApiCall call)
    {
        ParameterReader reader = new(call.Parameters);
        int limit = reader.Limit();
        long startMs = reader.Time("start");
        long endMs = reader.Time("end");
        ApiError? error = reader.Error ?? CheckOrder(startMs, endMs);
        long stepMs = error is null ? reader.DurationMs("step") : 0;
        error ??= reader.Error ?? CheckStep(startMs, endMs, stepMs);
        QueryCall query = QueryCall.Read(call.Parameters, reader, (startMs, endMs, stepMs), limit);
        return error ?? reader.Error ?? await _runner.RunAsync(call, query);
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
