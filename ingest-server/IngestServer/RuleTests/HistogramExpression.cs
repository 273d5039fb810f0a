using System.Globalization;
using System.Text;
using AmpEdge.IngestServer.Tools;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.RuleTests;

/// <summary>Native histograms in the notation of tests: <c>{{schema:1 count:3 sum:4.5 buckets:[1 2]}}</c>.</summary>
internal static class HistogramExpression
{
    public static string Of(FloatHistogram histogram)
    {
        List<string> parts = [];
        if (histogram.Schema != 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"schema:{histogram.Schema}"));
        }

        AddNumber(parts, "count", histogram.Count);
        AddNumber(parts, "sum", histogram.Sum);
        AddNumber(parts, "z_bucket", histogram.ZeroCount);
        AddNumber(parts, "z_bucket_w", histogram.ZeroThreshold);
        if (histogram.HasCustomBuckets)
        {
            parts.Add($"custom_values:{ListOf(histogram.CustomValues)}");
        }

        switch (histogram.CounterResetHint)
        {
            case CounterResetHint.Reset:
                parts.Add("counter_reset_hint:reset");
                break;
            case CounterResetHint.NotReset:
                parts.Add("counter_reset_hint:not_reset");
                break;
            case CounterResetHint.Gauge:
                parts.Add("counter_reset_hint:gauge");
                break;
        }

        AddBuckets(parts, "", histogram.PositiveSpans, histogram.PositiveBuckets);
        AddBuckets(parts, "n_", histogram.NegativeSpans, histogram.NegativeBuckets);
        return $"{{{{{string.Join(' ', parts)}}}}}";
    }

    private static void AddNumber(List<string> parts, string key, double value)
    {
        if (value != 0)
        {
            parts.Add($"{key}:{Number(value)}");
        }
    }

    /// <summary>The buckets of one side in one row, from the first to the last that is not empty.</summary>
    private static void AddBuckets(
        List<string> parts, string prefix, IReadOnlyList<HistogramSpan> spans, IReadOnlyList<double> counts)
    {
        List<double> row = [];
        int offset = 0;
        int index = 0;
        int position = 0;
        foreach (HistogramSpan span in spans)
        {
            index += span.Offset;
            for (uint bucket = 0; bucket < span.Length; bucket++, index++, position++)
            {
                if (counts[position] == 0)
                {
                    continue;
                }

                offset = row.Count == 0 ? index : offset;
                while (row.Count < index - offset)
                {
                    row.Add(0);
                }

                row.Add(counts[position]);
            }
        }

        if (row.Count > 0 && offset != 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{prefix}offset:{offset}"));
        }

        if (row.Count > 0)
        {
            parts.Add($"{prefix}buckets:{ListOf(row)}");
        }
    }

    private static string ListOf(IReadOnlyList<double> values)
    {
        List<string> numbers = [];
        foreach (double value in values)
        {
            numbers.Add(Number(value));
        }

        return $"[{string.Join(' ', numbers)}]";
    }

    private static string Number(double value)
    {
        StringBuilder text = new();
        GoText.AppendNumber(text, value);
        return text.ToString();
    }
}
