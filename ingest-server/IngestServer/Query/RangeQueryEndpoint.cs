using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.Query;

/// <summary><c>query_range</c>: an expression at every step between two times.</summary>
internal sealed class RangeQueryEndpoint(QueryRunner runner)
{
    private readonly QueryRunner _runner = runner;

    public async Task<ApiError?> AnswerAsync(ApiCall call) =>
        QueryCall.ReadRange(call.Parameters, out QueryCall query) ?? await _runner.RunAsync(call, query);
}
