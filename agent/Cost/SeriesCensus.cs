using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Scrape;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Cost;

/// <summary>
/// Counts what the last scrapes of all targets were made of, by job, target, metric, label name and drop rule. Nothing is kept
/// between two counts: a count looks at the labels where the buffer has them.
/// </summary>
internal sealed class SeriesCensus : ISeriesVisitor
{
    private readonly SeriesTable _series;
    private readonly ByteBuffer _labels = new();
    private readonly Dictionary<byte[], MetricTally> _metrics = new(new Utf8NameComparer());
    private readonly Dictionary<byte[], LabelTally> _labelNames = new(new Utf8NameComparer());
    private readonly Dictionary<byte[], MetricTally>.AlternateLookup<ReadOnlySpan<byte>> _metricsByName;
    private readonly Dictionary<byte[], LabelTally>.AlternateLookup<ReadOnlySpan<byte>> _labelsByName;
    private readonly Dictionary<string, Tally> _jobs = new(StringComparer.Ordinal);
    private readonly List<TargetTally> _targets = [];
    private readonly List<RuleTally> _rules = [];
    private readonly Tally _total = new();

    // What is being looked at.
    private TargetTally? _target;
    private Tally? _job;
    private int _firstRule;
    private double _samplesPerSecond;

    private SeriesCensus(SeriesTable series)
    {
        _series = series;
        _metricsByName = _metrics.GetAlternateLookup<ReadOnlySpan<byte>>();
        _labelsByName = _labelNames.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public Tally Total => _total;

    public IReadOnlyDictionary<string, Tally> Jobs => _jobs;

    public IReadOnlyList<TargetTally> Targets => _targets;

    /// <summary>By name in UTF-8.</summary>
    public IReadOnlyDictionary<byte[], MetricTally> Metrics => _metrics;

    /// <summary>By name in UTF-8, without <c>__name__</c>.</summary>
    public IReadOnlyDictionary<byte[], LabelTally> LabelNames => _labelNames;

    /// <summary>Rules that may drop, also those that drop nothing.</summary>
    public IReadOnlyList<RuleTally> Rules => _rules;

    /// <summary>Counts the targets of all pools; each holds up its own scrape for the time that its series take.</summary>
    public static SeriesCensus Take(IReadOnlyList<PoolSnapshot> pools, SeriesTable series)
    {
        SeriesCensus census = new(series);
        foreach (PoolSnapshot pool in pools)
        {
            census.Count(pool);
        }

        return census;
    }

    void ISeriesVisitor.Stored(SeriesRef series)
    {
        _total.Add(_samplesPerSecond);
        _job!.Add(_samplesPerSecond);
        _target!.Add(_samplesPerSecond);
        _labels.Clear();
        _series.CopyLabels(series, _labels);
        foreach (LabelPair label in new LabelsEnumerator(_labels.Written))
        {
            if (label.Name.SequenceEqual(Prometheus.LabelNames.MetricNameUtf8))
            {
                CountMetric(label.Value);
            }
            else
            {
                CountLabel(label);
            }
        }
    }

    void ISeriesVisitor.Dropped(int rule) => _rules[_firstRule + rule].Add(_samplesPerSecond);

    private void Count(PoolSnapshot pool)
    {
        _job = new Tally();
        _jobs.Add(pool.Job, _job);
        _firstRule = _rules.Count;
        for (int index = 0; index < pool.MetricRelabelRules.Length; index++)
        {
            _rules.Add(new RuleTally(pool.Job, index, pool.MetricRelabelRules[index].Config));
        }

        foreach (ScrapeLoop loop in pool.Loops)
        {
            _target = new TargetTally(pool.Job, loop.Target);
            _targets.Add(_target);
            _samplesPerSecond = 1 / loop.Target.Interval.TotalSeconds;
            loop.Visit(this);
        }
    }

    private void CountMetric(ReadOnlySpan<byte> name)
    {
        if (!_metricsByName.TryGetValue(name, out MetricTally? metric))
        {
            metric = new MetricTally();
            _metricsByName[name] = metric;
        }

        metric.Add(_samplesPerSecond);
        metric.AddJob(_target!.Job);
    }

    private void CountLabel(LabelPair label)
    {
        if (!_labelsByName.TryGetValue(label.Name, out LabelTally? tally))
        {
            tally = new LabelTally();
            _labelsByName[label.Name] = tally;
        }

        tally.Add(_samplesPerSecond);
        tally.Values.Add(XxHash64.Hash(label.Value));
    }
}
