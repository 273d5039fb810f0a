using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.QueryApi;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Query;

/// <summary><c>query_exemplars</c>: the exemplars of the series that the selectors of an expression find.</summary>
internal sealed class ExemplarsEndpoint(QueryGate gate, ParserOptions parser)
{
    private readonly QueryGate _gate = gate;
    private readonly ParserOptions _parser = parser;

    public async Task<ApiError?> AnswerAsync(ApiCall call)
    {
        ParameterReader reader = new(call.Parameters);
        long startMs = reader.Time("start", TimeParameter.MinTimeMs);
        long endMs = reader.Time("end", TimeParameter.MaxTimeMs);
        if (reader.Error is { } error)
        {
            return error;
        }

        if (endMs < startMs)
        {
            return ApiError.BadData("end timestamp must not be before start timestamp");
        }

        if (!PromQLParser.Parse(call.Parameters.Get("query"), _parser).TryGet(out Expr? expr, out string? problem))
        {
            return ApiError.BadData(problem);
        }

        using QueryGate.Pass? pass = _gate.TryEnter();
        if (pass is null)
        {
            return _gate.Refusal;
        }

        List<IReadOnlyList<Matcher>> selectors = Selectors.Of(expr);
        if (selectors.Count == 0)
        {
            call.Response.Json.Raw("{\"status\":\"success\"}"u8);
            await call.Response.CompleteAsync();
            return null;
        }

        using DatabaseQuerier querier = call.Workspace.Database.NewQuerier(call.Cancel);
        await WriteAsync(call.Response, querier.Exemplars(selectors, startMs, endMs));
        return null;
    }

    private static async Task WriteAsync(ApiResponse response, List<SeriesExemplars> found)
    {
        JsonBuffer json = response.Json;
        json.Raw("{\"status\":\"success\",\"data\":["u8);
        for (int index = 0; index < found.Count; index++)
        {
            WriteSeries(response.Json, found[index], isFirst: index == 0);
            await response.FlushIfLargeAsync();
        }

        response.Json.Raw("]}"u8);
        await response.CompleteAsync();
    }

    private static void WriteSeries(JsonBuffer json, SeriesExemplars series, bool isFirst)
    {
        json.Raw(isFirst ? "{\"seriesLabels\":"u8 : ",{\"seriesLabels\":"u8);
        ResultWriter.WriteLabels(json, series.Series);
        json.Raw(",\"exemplars\":["u8);
        for (int index = 0; index < series.Exemplars.Count; index++)
        {
            Exemplar exemplar = series.Exemplars[index];
            json.Raw(index == 0 ? "{\"labels\":"u8 : ",{\"labels\":"u8);
            ResultWriter.WriteLabels(json, exemplar.Labels);
            json.Raw(",\"value\":\""u8);
            json.Number(exemplar.Value);
            json.Raw("\",\"timestamp\":"u8);
            json.Number(exemplar.TimestampMs / 1000.0);
            json.Raw((byte)'}');
        }

        json.Raw("]}"u8);
    }
}
