using System.Buffers;
using AmpEdge.Prometheus;

namespace AmpEdge.Hosting;

/// <summary>The metrics of one process. Handed to each component's <c>XxxMetrics</c> class; there is no static one.</summary>
/// <remarks>
/// Asking twice for the same name, kind, help and labels gives the same family, so two listeners can share one;
/// asking for the same name with another shape is an error of the program and throws.
/// </remarks>
public sealed class MetricRegistry
{
    private readonly Lock _familiesLock = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly List<Action> _beforeCollect = [];

    public CounterMetric Counter(string name, string help) => Counters(name, help).With();

    public GaugeMetric Gauge(string name, string help) => Gauges(name, help).With();

    /// <summary>A gauge whose value is read at each scrape; the callback must be thread-safe and quick.</summary>
    public GaugeMetric Gauge(string name, string help, Func<double> read)
    {
        GaugeMetric gauge = Gauge(name, help);
        gauge.ReadFrom(read);
        return gauge;
    }

    public HistogramMetric Histogram(string name, string help, ReadOnlySpan<double> upperBounds) =>
        Histograms(name, help, upperBounds).With();

    /// <summary>Counters with labels; the name must end in <c>_total</c>, as OpenMetrics demands.</summary>
    public MetricFamily<CounterMetric> Counters(string name, string help, params ReadOnlySpan<string> labelNames)
    {
        if (!name.EndsWith("_total", StringComparison.Ordinal))
        {
            throw new ArgumentException($"the name of counter {name} must end in _total", nameof(name));
        }

        return Register(
            MetricKind.Counter, name, help, labelNames, static () => new CounterMetric());
    }

    public MetricFamily<GaugeMetric> Gauges(string name, string help, params ReadOnlySpan<string> labelNames) =>
        Register(
            MetricKind.Gauge, name, help, labelNames, static () => new GaugeMetric());

    /// <summary>Histograms with labels; bounds are inclusive, ascending and without +Inf.</summary>
    public MetricFamily<HistogramMetric> Histograms(
        string name, string help, ReadOnlySpan<double> upperBounds, params ReadOnlySpan<string> labelNames)
    {
        double[] bounds = upperBounds.ToArray();
        for (int index = 0; index < bounds.Length; index++)
        {
            if (!double.IsFinite(bounds[index]) || (index > 0 && bounds[index] <= bounds[index - 1]))
            {
                throw new ArgumentException(
                    $"the bounds of histogram {name} must be finite and ascend", nameof(upperBounds));
            }
        }

        return Register(
            MetricKind.Histogram, name, help, labelNames,
            () => new HistogramMetric(bounds));
    }

    /// <summary>Summaries with labels, for names that Prometheus has as summaries.</summary>
    public MetricFamily<SummaryMetric> Summaries(string name, string help, params ReadOnlySpan<string> labelNames) =>
        Register(MetricKind.Summary, name, help, labelNames, static () => new SummaryMetric());

    /// <summary>Runs before each scrape, for values that are read together (one system call, many gauges).</summary>
    public void BeforeCollect(Action update)
    {
        lock (_familiesLock)
        {
            _beforeCollect.Add(update);
        }
    }

    /// <summary>Writes the page of all metrics, ordered by name.</summary>
    public void WriteTo(IBufferWriter<byte> output, ExpositionFormat format)
    {
        MetricFamily[] families;
        Action[] updates;
        lock (_familiesLock)
        {
            families = [.. _families.Values];
            updates = [.. _beforeCollect];
        }

        foreach (Action update in updates)
        {
            update();
        }

        MetricsPage page = new(output, format);
        foreach (MetricFamily family in families)
        {
            page.Write(family);
        }

        page.End();
    }

    private MetricFamily<TMetric> Register<TMetric>(
        MetricKind kind, string name, string help, ReadOnlySpan<string> labelNames, Func<TMetric> create)
        where TMetric : Metric
    {
        lock (_familiesLock)
        {
            if (_families.TryGetValue(name, out MetricFamily? known))
            {
                return known is MetricFamily<TMetric> family && family.HasShape(kind, help, labelNames)
                    ? family
                    : throw new InvalidOperationException(
                        $"metric {name} is already registered as a {known.Kind} with other help or labels");
            }

            MetricFamily<TMetric> added = new(kind, name, help, labelNames.ToArray(), create);
            _families.Add(name, added);
            return added;
        }
    }
}
