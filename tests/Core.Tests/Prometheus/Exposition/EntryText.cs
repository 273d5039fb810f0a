using System.Globalization;
using System.Linq;
using System.Text.Json;
using AmpEdge.Prometheus;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

/// <summary>Entries as one line each, those that a parser gave and those of the shared cases.</summary>
internal static class EntryText
{
    public static string Of(ParsedEntry entry, bool openMetrics) => entry.Kind switch
    {
        ExpositionEntry.Series or ExpositionEntry.Histogram =>
            $"{entry.Labels} {(entry.Kind == ExpositionEntry.Histogram ? entry.Histogram : Number(entry.Value))} "
                + $"@{entry.TimestampMs?.ToString(CultureInfo.InvariantCulture) ?? "none"} # {entry.Exemplars}",
        ExpositionEntry.Help =>
            $"help {entry.Name} {SeriesLabels.UnescapeHelp(System.Text.Encoding.UTF8.GetBytes(entry.Text), openMetrics)}",
        ExpositionEntry.Type => $"type {entry.Name} {entry.Text}",
        ExpositionEntry.Unit => $"unit {entry.Name} {entry.Text}",
        _ => $"comment {entry.Text}",
    };

    public static string Of(JsonElement entry)
    {
        string kind = entry.GetProperty("kind").GetString()!;
        return kind switch
        {
            "series" => $"{LabelsOf(entry)} {Number(entry.GetProperty("value"))} @{Timestamp(entry)} # {Exemplars(entry)}",
            "histogram" or "float_histogram" =>
                $"{LabelsOf(entry)} {Histogram(kind, entry.GetProperty("histogram"))} @{Timestamp(entry)} # {Exemplars(entry)}",
            "comment" => $"comment {entry.GetProperty("comment").GetString()}",
            _ => $"{kind} {entry.GetProperty("metric").GetString()} {entry.GetProperty(kind).GetString()}",
        };
    }

    private static string Histogram(string kind, JsonElement histogram)
    {
        string custom = histogram.TryGetProperty("custom_values", out JsonElement values)
            ? string.Join(',', values.EnumerateArray().Select(Number))
            : "";
        return $"{kind} schema {histogram.GetProperty("schema")} count {Number(histogram.GetProperty("count"))} "
            + $"sum {Number(histogram.GetProperty("sum"))} zero {Number(histogram.GetProperty("zero_threshold"))} "
            + $"{Number(histogram.GetProperty("zero_count"))} hint {histogram.GetProperty("counter_reset_hint").GetString()} "
            + $"positive {Side(histogram, "positive")} negative {Side(histogram, "negative")} custom {custom}";
    }

    private static string Side(JsonElement histogram, string side)
    {
        List<string> spans = [];
        foreach (JsonElement span in histogram.GetProperty(side + "_spans").EnumerateArray())
        {
            spans.Add($"{span[0]}+{span[1]}");
        }

        JsonElement counts = histogram.TryGetProperty(side + "_deltas", out JsonElement deltas)
            ? deltas
            : histogram.GetProperty(side + "_counts");
        return $"[{string.Join(',', spans)}] [{string.Join(',', counts.EnumerateArray().Select(Number))}]";
    }

    private static string Exemplars(JsonElement entry) => entry.TryGetProperty("exemplars", out JsonElement exemplars)
        ? string.Join("; ", exemplars.EnumerateArray().Select(static exemplar =>
            $"{LabelsOf(exemplar)} {Number(exemplar.GetProperty("value"))} {Timestamp(exemplar)}"))
        : "";

    private static string Timestamp(JsonElement entry) =>
        entry.TryGetProperty("timestamp_ms", out JsonElement timestamp) ? timestamp.GetRawText() : "none";

    private static Labels LabelsOf(JsonElement entry)
    {
        LabelsBuilder builder = new();
        foreach (JsonProperty label in entry.GetProperty("labels").EnumerateObject())
        {
            builder.Set(label.Name, label.Value.GetString()!);
        }

        return builder.Build();
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Number(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? Number(value.GetDouble())
        : value.GetString() switch
        {
            "+Inf" => Number(double.PositiveInfinity),
            "-Inf" => Number(double.NegativeInfinity),
            _ => Number(double.NaN),
        };
}
