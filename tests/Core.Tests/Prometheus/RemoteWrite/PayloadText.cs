using System.Globalization;
using System.Text;
using System.Text.Json;
using AmpEdge.Prometheus;

namespace AmpEdge.Core.Tests.Prometheus.RemoteWrite;

/// <summary>Describes series of either version, from what was recorded and from what our readers yield, in the same words.</summary>
internal static class PayloadText
{
    public static string OfSample(JsonElement sample) =>
        $"{Number(sample.GetProperty("value"))}@{sample.GetProperty("timestamp_ms").GetInt64()}";

    public static string OfSample(double value, long timestampMs) => $"{Number(value)}@{timestampMs}";

    public static string OfExemplar(JsonElement exemplar) =>
        $"exemplar {OfLabels(exemplar.GetProperty("labels"))}{OfSample(exemplar)}";

    public static string OfLabels(JsonElement labels)
    {
        StringBuilder text = new();
        foreach (JsonElement label in labels.EnumerateArray())
        {
            text.Append(label[0].GetString()).Append('=').Append(label[1].GetString()).Append(' ');
        }

        return text.ToString();
    }

    public static string OfHistogram(JsonElement histogram)
    {
        bool isFloat = histogram.TryGetProperty("count_float", out JsonElement count);
        return Histogram(
            isFloat ? Number(count) : histogram.GetProperty("count_int").GetUInt64().ToString(CultureInfo.InvariantCulture),
            histogram.TryGetProperty(isFloat ? "zero_count_float" : "zero_count_int", out JsonElement zero) ? Number(zero) : "0",
            Number(histogram.GetProperty("sum")),
            histogram.GetProperty("schema").GetInt32(),
            Number(histogram.GetProperty("zero_threshold")),
            histogram.GetProperty("counter_reset_hint").GetString()!,
            histogram.GetProperty("timestamp_ms").GetInt64(),
            [.. Sides(histogram)]);
    }

    public static string OfHistogram(HistogramMessage histogram) => Histogram(
        histogram.IsFloat ? Number(BitConverter.UInt64BitsToDouble(histogram.Count)) : $"{histogram.Count}",
        histogram.IsFloat ? Number(BitConverter.UInt64BitsToDouble(histogram.ZeroCount)) : $"{histogram.ZeroCount}",
        Number(histogram.Sum),
        histogram.Schema,
        Number(histogram.ZeroThreshold),
        histogram.ResetHint.ToString().ToLowerInvariant(),
        histogram.TimestampMs,
        [
            Spans(histogram.NegativeSpans), Spans(histogram.PositiveSpans), Integers(histogram.NegativeDeltas),
            Integers(histogram.PositiveDeltas), Doubles(histogram.NegativeCounts), Doubles(histogram.PositiveCounts),
            Doubles(histogram.CustomValues),
        ]);

    public static string Utf8(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static IEnumerable<string> Sides(JsonElement histogram)
    {
        foreach (string key in (string[])
            ["negative_spans", "positive_spans", "negative_deltas", "positive_deltas", "negative_counts", "positive_counts",
                "custom_values"])
        {
            StringBuilder text = new();
            foreach (JsonElement item in RecordedPayload.Items(histogram, key))
            {
                text.Append(item.ValueKind == JsonValueKind.Array ? $"{item[0]}+{item[1]}" : Number(item)).Append(' ');
            }

            yield return text.ToString();
        }
    }

    private static string Histogram(
        string count, string zeroCount, string sum, int schema, string zeroThreshold, string hint, long timestampMs, string[] sides) =>
        $"histogram {count} {zeroCount} {sum} {schema} {zeroThreshold} {hint} {timestampMs} {string.Join('|', sides)}";

    private static string Spans(HistogramSpansOf spans)
    {
        StringBuilder text = new();
        foreach (HistogramSpan span in spans)
        {
            text.Append(span.Offset).Append('+').Append(span.Length).Append(' ');
        }

        return text.ToString();
    }

    private static string Integers(ScalarsOf values)
    {
        StringBuilder text = new();
        while (values.MoveNext())
        {
            text.Append(values.CurrentSigned).Append(' ');
        }

        return text.ToString();
    }

    private static string Doubles(ScalarsOf values)
    {
        StringBuilder text = new();
        while (values.MoveNext())
        {
            text.Append(Number(values.CurrentDouble)).Append(' ');
        }

        return text.ToString();
    }

    private static string Number(JsonElement number) => number.ValueKind == JsonValueKind.String
        ? number.GetString()!
        : Number(number.GetDouble());

    private static string Number(double value) => value switch
    {
        _ when StaleMarker.IsStale(value) => "stale",
        double.NaN => "NaN",
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
