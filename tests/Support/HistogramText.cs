using System.Globalization;
using System.Linq;
using System.Text.Json;
using AmpEdge.Prometheus;

namespace AmpEdge.Tests.Support;

/// <summary>Native histograms as one line each: those that were stored and those of the shared cases.</summary>
public static class HistogramText
{
    public static string Of(HistogramMessage message)
    {
        double count = message.IsFloat ? BitConverter.UInt64BitsToDouble(message.Count) : message.Count;
        double zeroCount = message.IsFloat ? BitConverter.UInt64BitsToDouble(message.ZeroCount) : message.ZeroCount;
        return Line(
            message.Schema, count, message.Sum, message.ZeroThreshold, zeroCount, message.ResetHint.ToString(),
            Spans(message.PositiveSpans), message.IsFloat ? Doubles(message.PositiveCounts) : Deltas(message.PositiveDeltas),
            Spans(message.NegativeSpans), message.IsFloat ? Doubles(message.NegativeCounts) : Deltas(message.NegativeDeltas),
            Doubles(message.CustomValues));
    }

    public static string Of(JsonElement histogram) => Line(
        histogram.GetProperty("schema").GetInt32(),
        Either(histogram, "count", "count_int"),
        histogram.GetProperty("sum").GetDouble(),
        histogram.GetProperty("zero_threshold").GetDouble(),
        Either(histogram, "zero_count", "zero_count_int"),
        histogram.GetProperty("counter_reset_hint").GetString()!,
        string.Join(',', histogram.GetProperty("positive_spans").EnumerateArray().Select(static span => $"{span[0]}+{span[1]}")),
        Numbers(histogram, "positive_deltas") + Numbers(histogram, "positive_counts"),
        string.Join(',', histogram.GetProperty("negative_spans").EnumerateArray().Select(static span => $"{span[0]}+{span[1]}")),
        Numbers(histogram, "negative_deltas") + Numbers(histogram, "negative_counts"),
        Numbers(histogram, "custom_values"));

    private static string Line(
        int schema, double count, double sum, double zeroThreshold, double zeroCount, string hint,
        string positiveSpans, string positiveDeltas, string negativeSpans, string negativeDeltas, string custom) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"schema {schema} count {count:R} sum {sum:R} zero {zeroThreshold:R} {zeroCount:R} {hint.ToLowerInvariant()} "
                + $"[{positiveSpans}] [{positiveDeltas}] [{negativeSpans}] [{negativeDeltas}] custom [{custom}]");

    private static double Either(JsonElement histogram, string key, string other) =>
        (histogram.TryGetProperty(key, out JsonElement value) ? value : histogram.GetProperty(other)).GetDouble();

    private static string Numbers(JsonElement histogram, string key) =>
        histogram.TryGetProperty(key, out JsonElement values)
            ? string.Join(',', values.EnumerateArray().Select(static value => value.GetDouble().ToString("R", CultureInfo.InvariantCulture)))
            : "";

    private static string Spans(HistogramSpansOf spans)
    {
        List<string> texts = [];
        foreach (HistogramSpan span in spans)
        {
            texts.Add(string.Create(CultureInfo.InvariantCulture, $"{span.Offset}+{span.Length}"));
        }

        return string.Join(',', texts);
    }

    private static string Deltas(ScalarsOf values)
    {
        List<string> texts = [];
        while (values.MoveNext())
        {
            texts.Add(values.CurrentSigned.ToString(CultureInfo.InvariantCulture));
        }

        return string.Join(',', texts);
    }

    private static string Doubles(ScalarsOf values)
    {
        List<string> texts = [];
        while (values.MoveNext())
        {
            texts.Add(values.CurrentDouble.ToString("R", CultureInfo.InvariantCulture));
        }

        return string.Join(',', texts);
    }
}
