using AmpEdge.Prometheus;
using AmpEdge.QueryApi;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Query;

/// <summary><c>series</c>: the label sets that selectors find, sorted.</summary>
internal sealed class SeriesEndpoint(QueryGate gate)
{
    private readonly QueryGate _gate = gate;

    public async Task<ApiError?> AnswerAsync(ApiCall call)
    {
        List<string> selectors = call.Parameters.GetAll(MatcherParameter.Name);
        if (selectors.Count == 0)
        {
            return ApiError.BadData("no match[] parameter provided");
        }

        ParameterReader reader = new(call.Parameters);
        int limit = reader.Limit();
        long startMs = reader.Time("start", TimeParameter.MinTimeMs);
        long endMs = reader.Time("end", TimeParameter.MaxTimeMs);
        if (reader.Error is { } error)
        {
            return error;
        }

        if (!MatcherParameter.TryParse(selectors, out List<IReadOnlyList<Matcher>> sets, out string problem))
        {
            return ApiError.InvalidParameter(MatcherParameter.Name, problem);
        }

        using QueryGate.Pass? pass = _gate.TryEnter();
        if (pass is null)
        {
            return _gate.Refusal;
        }

        List<Labels> series = Find(call, sets, startMs, endMs);
        await WriteAsync(call.Response, series, limit);
        return null;
    }

    private static List<Labels> Find(
        ApiCall call, List<IReadOnlyList<Matcher>> sets, long startMs, long endMs)
    {
        using DatabaseQuerier querier = call.Workspace.Database.NewQuerier(call.Cancel);
        if (sets.Count == 1)
        {
            return querier.Series(sets[0], startMs, endMs);
        }

        HashSet<Labels> union = [];
        foreach (IReadOnlyList<Matcher> matchers in sets)
        {
            call.Cancel.ThrowIfCancellationRequested();
            union.UnionWith(querier.Series(matchers, startMs, endMs));
        }

        List<Labels> sorted = [.. union];
        sorted.Sort();
        return sorted;
    }

    private static async Task WriteAsync(ApiResponse response, List<Labels> series, int limit)
    {
        int count = limit > 0 ? Math.Min(limit, series.Count) : series.Count;
        response.Json.Raw("{\"status\":\"success\",\"data\":["u8);
        for (int index = 0; index < count; index++)
        {
            response.Json.Raw(index == 0 ? ""u8 : ","u8);
            ResultWriter.WriteLabels(response.Json, series[index]);
            await response.FlushIfLargeAsync();
        }

        response.Json.Raw((byte)']');
        ResultWriter.WriteTexts(
            response.Json, "warnings"u8, count < series.Count ? [ResultWriter.TruncatedWarning] : []);
        response.Json.Raw((byte)'}');
        await response.CompleteAsync();
    }
}
