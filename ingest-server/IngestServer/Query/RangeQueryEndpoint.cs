using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.Query;

/// <summary><c>query_range</c>: an expression at every step between two times.</summary>
internal sealed class RangeQueryEndpoint(Engine engine, QueryGate gate)
{
    /// <summary>Prometheus's bound: a minute's resolution for a week, an hour's for a year.</summary>
    private const int MaxPoints = 11_000;

    private readonly Engine _engine = engine;
    private readonly QueryGate _gate = gate;

    public async Task<ApiError?> AnswerAsync(ApiCall call)
    {
        ParameterReader reader = new(call.Parameters);
        int limit = reader.Limit();
        long startMs = reader.Time("start");
        long endMs = reader.Time("end");
        ApiError? error = reader.Error ?? CheckOrder(startMs, endMs);
        long stepMs = error is null ? reader.DurationMs("step") : 0;
        error ??= reader.Error ?? CheckStep(startMs, endMs, stepMs);
        QueryOptions options = new() { Timeout = reader.Timeout(), LookbackDelta = reader.Lookback() };
        error ??= reader.Error;
        if (error is not null)
        {
            return error;
        }

        using QueryGate.Pass? pass = _gate.TryEnter();
        if (pass is null)
        {
            return _gate.Refusal;
        }

        QueryResult result = await _engine.RangeAsync(
            call.Workspace.Queryable, call.Parameters.Get("query"), startMs, endMs, stepMs, options, call.Cancel);
        await ResultWriter.WriteAsync(call, result, limit);
        return null;
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
