using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using AmpEdge.Prometheus;

namespace AmpEdge.Tests.Support;

/// <summary>Makes native histograms with custom buckets of the classic ones among some series: <c>load_with_nhcb</c>.</summary>
internal sealed partial class ClassicToNative
{
    private const string Bound = "le";

    private readonly Dictionary<Labels, SortedDictionary<long, Parts>> _histograms = [];

    /// <summary>The native series, each under the name without suffix.</summary>
    public static IEnumerable<MemorySeries> Convert(IEnumerable<MemorySeries> series)
    {
        ClassicToNative conversion = new();
        foreach (MemorySeries one in series)
        {
            conversion.Add(one);
        }

        foreach ((Labels labels, SortedDictionary<long, Parts> byTime) in conversion._histograms)
        {
            MemorySeries native = new(labels);
            foreach ((long timeMs, Parts parts) in byTime)
            {
                native.Histograms[timeMs] = parts.ToHistogram();
            }

            yield return native;
        }
    }

    private void Add(MemorySeries series)
    {
        string name = series.Labels.MetricName;
        string suffix = ClassicSuffix().Match(name).Value;
        string bound = series.Labels.GetString(Bound);
        if (suffix.Length == 0 || (suffix == "_bucket" && bound.Length == 0))
        {
            return;
        }

        LabelsBuilder labels = new();
        labels.Reset(series.Labels);
        labels.Remove(Bound);
        labels.Set("__name__", name[..^suffix.Length]);
        Labels native = labels.Build();
        if (!_histograms.TryGetValue(native, out SortedDictionary<long, Parts>? byTime))
        {
            _histograms[native] = byTime = [];
        }

        foreach ((long timeMs, double value) in series.Samples.Where(static sample => !StaleMarker.IsStale(sample.Value)))
        {
            if (!byTime.TryGetValue(timeMs, out Parts? parts))
            {
                byTime[timeMs] = parts = new Parts();
            }

            parts.Set(suffix, bound, value);
        }
    }

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex ClassicSuffix();

    private sealed class Parts
    {
        private readonly SortedDictionary<double, double> _cumulative = [];
        private double? _count;
        private double _sum;

        public void Set(string suffix, string bound, double value)
        {
            switch (suffix)
            {
                case "_count":
                    _count = value;
                    break;
                case "_sum":
                    _sum = value;
                    break;
                default:
                    if (bound.TrimStart('+').Equals("inf", StringComparison.OrdinalIgnoreCase))
                    {
                        _cumulative[double.PositiveInfinity] = value;
                    }
                    else if (double.TryParse(bound, CultureInfo.InvariantCulture, out double upper))
                    {
                        _cumulative[upper] = value;
                    }

                    break;
            }
        }

        public FloatHistogram ToHistogram()
        {
            double count = _count ?? _cumulative.LastOrDefault().Value;
            _cumulative.TryAdd(double.PositiveInfinity, count);
            double before = 0;
            List<double> buckets = [];
            foreach (double cumulative in _cumulative.Values)
            {
                buckets.Add(cumulative - before);
                before = cumulative;
            }

            return new FloatHistogram
            {
                Schema = FloatHistogram.CustomBucketsSchema,
                Count = count,
                Sum = _sum,
                PositiveSpans = [new HistogramSpan(0, (uint)buckets.Count)],
                PositiveBuckets = [.. buckets],
                CustomValues = [.. _cumulative.Keys.SkipLast(1)],
            };
        }
    }
}
