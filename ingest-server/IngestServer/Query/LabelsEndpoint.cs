using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.QueryApi;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Query;

/// <summary><c>labels</c> and <c>label/…/values</c>: names and values, of all series or of those that selectors find.</summary>
internal sealed class LabelsEndpoint(QueryGate gate)
{
    /// <summary>Names in URLs may be written so that they need no other escapes: <c>U__my_2e_label</c>.</summary>
    private const string EscapedNamePrefix = "U__";

    private readonly QueryGate _gate = gate;

    public Task<ApiError?> AnswerNamesAsync(ApiCall call) =>
        AnswerAsync(call, static (querier, selectors, startMs, endMs) => querier.LabelNames(selectors, startMs, endMs));

    public Task<ApiError?> AnswerValuesAsync(ApiCall call)
    {
        string sent = call.Context.RouteValue("name");
        string name = sent.StartsWith(EscapedNamePrefix, StringComparison.Ordinal) ? EscapedName.Decode(sent) : sent;
        byte[] utf8Name = PercentEncoding.BytesOf(name);
        if (!LabelNames.IsUtf8Name(utf8Name))
        {
            return Task.FromResult<ApiError?>(
                ApiError.BadData($"invalid label name: {GoQuote.Quote(PercentEncoding.BytesOf(sent))}"));
        }

        return AnswerAsync(
            call, (querier, selectors, startMs, endMs) => querier.LabelValues(name, selectors, startMs, endMs));
    }

    private async Task<ApiError?> AnswerAsync(
        ApiCall call, Func<DatabaseQuerier, IReadOnlyList<IReadOnlyList<Matcher>>, long, long, SortedTexts> read)
    {
        ParameterReader reader = new(call.Parameters);
        int limit = reader.Limit();
        long startMs = reader.Time("start", TimeParameter.MinTimeMs);
        long endMs = reader.Time("end", TimeParameter.MaxTimeMs);
        if (reader.Error is { } error)
        {
            return error;
        }

        if (!MatcherParameter.TryParse(
                call.Parameters.GetAll(MatcherParameter.Name), out List<IReadOnlyList<Matcher>> selectors, out string problem))
        {
            return ApiError.BadData(problem);
        }

        using QueryGate.Pass? pass = _gate.TryEnter();
        if (pass is null)
        {
            return _gate.Refusal;
        }

        SortedTexts texts;
        using (DatabaseQuerier querier = call.Workspace.Database.NewQuerier(call.Cancel))
        {
            texts = read(querier, selectors, startMs, endMs);
        }

        await WriteAsync(call.Response, texts, limit);
        return null;
    }

    private static async Task WriteAsync(ApiResponse response, SortedTexts texts, int limit)
    {
        int count = limit > 0 ? Math.Min(limit, texts.Count) : texts.Count;
        response.Json.Raw("{\"status\":\"success\",\"data\":["u8);
        for (int index = 0; index < count; index++)
        {
            response.Json.Raw(index == 0 ? ""u8 : ","u8);
            response.Json.String(texts[index]);
            await response.FlushIfLargeAsync();
        }

        response.Json.Raw((byte)']');
        ResultWriter.WriteTexts(
            response.Json, "warnings"u8, count < texts.Count ? [ResultWriter.TruncatedWarning] : []);
        response.Json.Raw((byte)'}');
        await response.CompleteAsync();
    }
}
