namespace AmpEdge.IngestServer.Query;

/// <summary><c>query</c>: an expression at one time.</summary>
internal sealed class InstantQueryEndpoint(QueryRunner runner, TimeProvider time)
{
    private readonly QueryRunner _runner = runner;
    private readonly TimeProvider _time = time;

    public async Task<ApiError?> AnswerAsync(ApiCall call)
    {
        ParameterReader reader = new(call.Parameters);
        int limit = reader.Limit();
        long timeMs = reader.Time("time", _time.GetUtcNow().ToUnixTimeMilliseconds());
        QueryCall query = QueryCall.Read(call.Parameters, reader, (timeMs, timeMs, 0), limit);
        return reader.Error ?? await _runner.RunAsync(call, query);
    }
}
