using System.Globalization;
using System.Linq;
using AmpEdge.Prometheus;

namespace AmpEdge.Tests.Support;

/// <summary>Compares native histograms as Prometheus's scripts do: without empty buckets, numbers to a millionth.</summary>
public static class HistogramComparison
{
    public static bool NearlyEqual(FloatHistogram expected, FloatHistogram actual, bool compareHint) =>
        expected.Schema == actual.Schema
        && expected.ZeroThreshold == actual.ZeroThreshold
        && (!compareHint || expected.CounterResetHint == actual.CounterResetHint)
        && expected.CustomValues.SequenceEqual(actual.CustomValues)
        && ScriptComparison.NearlyEqual(expected.Count, actual.Count)
        && ScriptComparison.NearlyEqual(expected.Sum, actual.Sum)
        && ScriptComparison.NearlyEqual(expected.ZeroCount, actual.ZeroCount)
        && SideNearlyEqual(Side(expected, positive: true), Side(actual, positive: true))
        && SideNearlyEqual(Side(expected, positive: false), Side(actual, positive: false));

    public static string Show(FloatHistogram histogram)
    {
        string buckets = string.Join(' ', Side(histogram, positive: true).Select(static pair => $"{pair.Key}:{pair.Value}"));
        string negative = string.Join(' ', Side(histogram, positive: false).Select(static pair => $"{pair.Key}:{pair.Value}"));
        string bounds = string.Join(' ', histogram.CustomValues);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{{{schema:{histogram.Schema} count:{histogram.Count} sum:{histogram.Sum} z_bucket:{histogram.ZeroCount} "
            + $"z_bucket_w:{histogram.ZeroThreshold} hint:{histogram.CounterResetHint} custom:[{bounds}] +[{buckets}] -[{negative}]}}}}");
    }

    private static SortedDictionary<int, double> Side(FloatHistogram histogram, bool positive)
    {
        SortedDictionary<int, double> buckets = [];
        int index = 0;
        int position = 0;
        foreach (HistogramSpan span in positive ? histogram.PositiveSpans : histogram.NegativeSpans)
        {
            index += span.Offset;
            for (uint bucket = 0; bucket < span.Length; bucket++, index++, position++)
            {
                double count = (positive ? histogram.PositiveBuckets : histogram.NegativeBuckets)[position];
                if (count != 0)
                {
                    buckets[index] = count;
                }
            }
        }

        return buckets;
    }

    private static bool SideNearlyEqual(SortedDictionary<int, double> expected, SortedDictionary<int, double> actual) =>
        expected.Keys.SequenceEqual(actual.Keys)
        && expected.Values.Zip(actual.Values).All(static pair => ScriptComparison.NearlyEqual(pair.First, pair.Second));
}
