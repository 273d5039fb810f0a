using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.FanOut;

/// <summary>Writes the answers of several members to one query as one answer; points go out as the members wrote them.</summary>
internal static class MergedAnswer
{
    public static async Task WriteAsync(
        ApiResponse response, List<MemberAnswer> answers, QueryCall query, ExprType type, IReadOnlyList<string> warnings, IReadOnlyList<string> infos)
    {
        bool isMatrix = query.StepMs > 0 || type == ExprType.Matrix;
        List<(MemberAnswer Answer, AnswerSeries Series)> merged = [];
        foreach (MemberAnswer answer in answers)
        {
            foreach (AnswerSeries series in answer.Series)
            {
                merged.Add((answer, series));
            }
        }

        int count = query.Limit > 0 ? Math.Min(query.Limit, merged.Count) : merged.Count;

        // A matrix is sorted by labels; a vector keeps the order that its expression gave, unless a limit cuts it.
        if (isMatrix || (count < merged.Count && !LimitOrder.Sorts(query.Text)))
        {
            merged.Sort(static (left, right) => left.Series.Labels.CompareTo(right.Series.Labels));
        }

        JsonBuffer json = response.Json;
        json.Raw("{\"status\":\"success\",\"data\":{\"resultType\":\""u8);
        json.Raw(isMatrix ? "matrix\",\"result\":["u8 : "vector\",\"result\":["u8);
        for (int index = 0; index < count; index++)
        {
            json.Raw(index == 0 ? "{\"metric\":"u8 : ",{\"metric\":"u8);
            WriteSeries(json, merged[index].Answer, merged[index].Series);
            await response.FlushIfLargeAsync();
        }

        json.Raw("]}"u8);
        ResultWriter.WriteTexts(
            json, "warnings"u8, count < merged.Count ? [.. warnings, ResultWriter.TruncatedWarning] : warnings);
        ResultWriter.WriteTexts(json, "infos"u8, infos);
        json.Raw((byte)'}');
        await response.CompleteAsync();
    }

    private static void WriteSeries(JsonBuffer json, MemberAnswer answer, AnswerSeries series)
    {
        ResultWriter.WriteLabels(json, series.Labels);
        ReadOnlySpan<byte> floats = answer.Text[series.Floats];
        ReadOnlySpan<byte> histograms = answer.Text[series.Histograms];
        if (!floats.IsEmpty)
        {
            json.Raw(answer.IsMatrix ? ",\"values\":"u8 : ",\"value\":"u8);
            json.Raw(floats);
        }

        if (!histograms.IsEmpty)
        {
            json.Raw(answer.IsMatrix ? ",\"histograms\":"u8 : ",\"histogram\":"u8);
            json.Raw(histograms);
        }

        json.Raw((byte)'}');
    }
}
