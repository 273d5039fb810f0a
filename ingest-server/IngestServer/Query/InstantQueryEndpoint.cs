using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.Query;

/// <summary><c>query</c>: an expression at one time.</summary>
internal sealed class InstantQueryEndpoint(QueryRunner runner, TimeProvider time)
{
    private readonly QueryRunner _runner = runner;
    private readonly TimeProvider _time = time;

    public async Task<ApiError?> AnswerAsync(ApiCall call) =>
        QueryCall.ReadInstant(call.Parameters, _time.GetUtcNow().ToUnixTimeMilliseconds(), out QueryCall query)
        ?? await _runner.RunAsync(call, query);
}
