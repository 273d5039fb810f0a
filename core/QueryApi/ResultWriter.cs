using System.Collections.ObjectModel;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.QueryApi;

/// <summary>Writes the value of a query and what the engine says about it, in the order of Prometheus's members.</summary>
public static class ResultWriter
{
    /// <summary>Warning of an answer that a <c>limit</c> cut.</summary>
    public const string TruncatedWarning = "results truncated due to limit";

    /// <summary>Sends the whole answer.</summary>
    /// <param name="response">Takes it; nothing must have been sent yet.</param>
    /// <param name="result">What the engine came to.</param>
    /// <param name="query">Limit, threshold and whether statistics are shown.</param>
    /// <param name="warnings">What others than the engine have to warn of; stands first.</param>
    /// <param name="infos">What others than the engine remark; stands first.</param>
    public static async Task WriteAsync(
        ApiResponse response,
        QueryResult result,
        QueryCall query,
        IReadOnlyList<string>? warnings = null,
        IReadOnlyList<string>? infos = null)
    {
        JsonBuffer json = response.Json;
        json.Raw("{\"status\":\"success\",\"data\":{\"resultType\":\""u8);
        bool truncated = false;
        switch (result.Value)
        {
            case ScalarValue scalar:
                json.Raw("scalar\",\"result\":"u8);
                WriteScalar(json, scalar);
                break;
            case StringValue text:
                json.Raw("string\",\"result\":["u8);
                json.Number(text.TimestampMs / 1000.0);
                json.Raw((byte)',');
                json.String(text.Value);
                json.Raw((byte)']');
                break;
            case VectorValue vector:
                json.Raw("vector\",\"result\":["u8);
                truncated = await WriteVectorAsync(response, vector, query);
                json.Raw((byte)']');
                break;
            case MatrixValue matrix:
                json.Raw("matrix\",\"result\":["u8);
                truncated = await WriteMatrixAsync(response, matrix, query.Limit);
                json.Raw((byte)']');
                break;
            default:
                throw new InvalidOperationException($"no JSON form for {result.Value.GetType().Name}");
        }

        if (query.ShowsStatistics)
        {
            json.Raw(",\"stats\":"u8);
            WriteStatistics(json, result.Statistics);
        }

        json.Raw((byte)'}');
        WriteAnnotations(json, result, query, truncated, warnings ?? [], infos ?? []);
        json.Raw((byte)'}');
        await response.CompleteAsync();
    }

    /// <summary><c>{"name":"value",…}</c>.</summary>
    public static void WriteLabels(JsonBuffer json, Labels labels)
    {
        json.Raw((byte)'{');
        bool first = true;
        foreach ((ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) in labels)
        {
            if (!first)
            {
                json.Raw((byte)',');
            }

            first = false;
            json.String(name);
            json.Raw((byte)':');
            json.String(value);
        }

        json.Raw((byte)'}');
    }

    /// <summary><c>,"name":["text",…]</c>, or nothing for an empty list.</summary>
    public static void WriteTexts(JsonBuffer json, ReadOnlySpan<byte> memberName, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        json.Raw(",\""u8);
        json.Raw(memberName);
        json.Raw("\":["u8);
        for (int index = 0; index < texts.Count; index++)
        {
            if (index > 0)
            {
                json.Raw((byte)',');
            }

            json.String(texts[index]);
        }

        json.Raw((byte)']');
    }

    private static void WriteScalar(JsonBuffer json, ScalarValue scalar)
    {
        json.Raw((byte)'[');
        json.Number(scalar.TimestampMs / 1000.0);
        json.Raw(",\""u8);
        json.Number(scalar.Value);
        json.Raw("\"]"u8);
    }

    private static async Task<bool> WriteVectorAsync(ApiResponse response, VectorValue vector, QueryCall query)
    {
        int limit = query.Limit;
        int count = limit > 0 ? Math.Min(limit, vector.Count) : vector.Count;
        bool truncated = count < vector.Count;
        int[]? order = truncated ? LimitOrder.Of(vector, query.Text) : null;
        for (int index = 0; index < count; index++)
        {
            WriteVectorItem(response.Json, vector, order?[index] ?? index, isFirst: index == 0);
            await response.FlushIfLargeAsync();
        }

        return truncated;
    }

    private static void WriteVectorItem(JsonBuffer json, VectorValue vector, int index, bool isFirst)
    {
        json.Raw(isFirst ? "{\"metric\":"u8 : ",{\"metric\":"u8);
        WriteLabels(json, vector.Labels[index]);
        if (vector.HistogramAt(index) is { } histogram)
        {
            json.Raw(",\"histogram\":"u8);
            HistogramWriter.Write(json, vector.TimestampMs, histogram);
        }
        else
        {
            json.Raw(",\"value\":"u8);
            json.Sample(vector.TimestampMs, vector.Values[index]);
        }

        json.Raw((byte)'}');
    }

    private static async Task<bool> WriteMatrixAsync(ApiResponse response, MatrixValue matrix, int limit)
    {
        int count = limit > 0 ? Math.Min(limit, matrix.Count) : matrix.Count;
        using StepTexts steps = new();
        for (int index = 0; index < count; index++)
        {
            WriteMatrixItem(response.Json, matrix.Series[index], steps, isFirst: index == 0);
            await response.FlushIfLargeAsync();
        }

        return count < matrix.Count;
    }

    private static void WriteMatrixItem(JsonBuffer json, MatrixSeries series, StepTexts steps, bool isFirst)
    {
        json.Raw(isFirst ? "{\"metric\":"u8 : ",{\"metric\":"u8);
        WriteLabels(json, series.Labels);
        List<(long TimestampMs, FloatHistogram Histogram)> histograms = series.Histograms();
        bool first = true;
        steps.Prepare(series.Timestamps);
        MatrixSeries.PointEnumerator points = series.GetEnumerator();
        while (points.MoveNext())
        {
            json.Raw(first ? ",\"values\":["u8 : ""u8);
            json.Raw(first ? steps[points.Step][1..] : steps[points.Step]);
            json.SampleValue(points.Current.Value);
            first = false;
        }

        json.Raw(first ? ""u8 : "]"u8);
        first = true;
        foreach ((long timestampMs, FloatHistogram histogram) in histograms)
        {
            json.Raw(first ? ",\"histograms\":["u8 : ","u8);
            first = false;
            HistogramWriter.Write(json, timestampMs, histogram);
        }

        json.Raw(first ? "}"u8 : "]}"u8);
    }

    /// <summary>What a query took, as an object; the log of queries has it too.</summary>
    public static void WriteStatistics(JsonBuffer json, QueryStatistics statistics)
    {
        // The engine streams series through the whole expression, so sorting and preparing are not phases of their own.
        json.Raw("{\"timings\":{\"evalTotalTime\":"u8);
        json.Number(statistics.EvaluationTime.TotalSeconds);
        json.Raw(",\"resultSortTime\":0,\"queryPreparationTime\":0,\"innerEvalTime\":"u8);
        json.Number(statistics.EvaluationTime.TotalSeconds);
        json.Raw(",\"execQueueTime\":"u8);
        json.Number(statistics.QueueTime.TotalSeconds);
        json.Raw(",\"execTotalTime\":"u8);
        json.Number((statistics.QueueTime + statistics.EvaluationTime).TotalSeconds);
        json.Raw("},\"samples\":{"u8);
        WriteSamplesPerStep(json, statistics.SamplesPerStep);
        json.Raw("\"totalQueryableSamples\":"u8);
        json.Number(statistics.TotalQueryableSamples);
        json.Raw(",\"peakSamples\":"u8);
        json.Number(statistics.PeakSamples);
        json.Raw("}}"u8);
    }

    private static void WriteSamplesPerStep(JsonBuffer json, IReadOnlyList<KeyValuePair<long, long>>? perStep)
    {
        if (perStep is null)
        {
            return;
        }

        for (int index = 0; index < perStep.Count; index++)
        {
            json.Raw(index == 0 ? "\"totalQueryableSamplesPerStep\":[["u8 : ",["u8);
            json.Number(perStep[index].Key / 1000.0);
            json.Raw((byte)',');
            json.Number(perStep[index].Value);
            json.Raw((byte)']');
        }

        json.Raw("],"u8);
    }

    private static void WriteAnnotations(
        JsonBuffer json,
        QueryResult result,
        QueryCall query,
        bool truncated,
        IReadOnlyList<string> otherWarnings,
        IReadOnlyList<string> otherInfos)
    {
        Annotations annotations = result.Annotations;
        List<string> warnings = [.. otherWarnings, .. Cap(annotations.Warnings, "warning")];
        long processed = result.Statistics.TotalQueryableSamples;
        if (processed > query.WarnAtSamples)
        {
            warnings.Add(
                $"the query processed more samples than its warning threshold allows (processed: {processed}, threshold: {query.WarnAtSamples})");
        }

        if (truncated)
        {
            warnings.Add(TruncatedWarning);
        }

        WriteTexts(json, "warnings"u8, warnings);
        WriteTexts(json, "infos"u8, [.. otherInfos, .. Cap(annotations.Infos, "info")]);
    }

    /// <summary>Prometheus's API shows ten of a kind and counts the others.</summary>
    private static List<string> Cap(ReadOnlyCollection<string> texts, string kind)
    {
        const int MaxShown = 10;
        List<string> shown = [];
        for (int index = 0; index < texts.Count && index < MaxShown; index++)
        {
            shown.Add(texts[index]);
        }

        if (texts.Count > MaxShown)
        {
            shown.Add($"{texts.Count - MaxShown} more {kind} annotations omitted");
        }

        return shown;
    }
}
