using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.Query;

/// <summary><c>query</c>: an expression at one time.</summary>
internal sealed class InstantQueryEndpoint(Engine engine, QueryGate gate, TimeProvider time)
{
    private readonly Engine _engine = engine;
    private readonly QueryGate _gate = gate;
    private readonly TimeProvider _time = time;

    public async Task<ApiError?> AnswerAsync(ApiCall call)
    {
        ParameterReader reader = new(call.Parameters);
        int limit = reader.Limit();
        long timeMs = reader.Time("time", _time.GetUtcNow().ToUnixTimeMilliseconds());
        QueryOptions options = new() { Timeout = reader.Timeout(), LookbackDelta = reader.Lookback() };
        if (reader.Error is { } error)
        {
            return error;
        }

        using QueryGate.Pass? pass = _gate.TryEnter();
        if (pass is null)
        {
            return _gate.Refusal;
        }

        QueryResult result = await _engine.InstantAsync(
            call.Workspace.Queryable, call.Parameters.Get("query"), timeMs, options, call.Cancel);
        await ResultWriter.WriteAsync(call, result, limit);
        return null;
    }
}
