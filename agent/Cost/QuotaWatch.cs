using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Cost;

/// <summary>
/// Compares what this agent sends with the quotas of a workspace, and warns before the workspace answers 429.
/// </summary>
/// <remarks>
/// It sees its own series and samples alone. Where several agents share a workspace, each is given its share in
/// <c>quotas</c> of the cost file.
/// </remarks>
internal sealed class QuotaWatch
{
    private const string Series = "active_series";
    private const string Rate = "samples_per_second";

    /// <summary>A warning ends below this part of the ratio at which it began, so that it does not flap.</summary>
    private const double ReleaseRatio = 0.95;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    private readonly Func<IReadOnlyList<SentSamples>> _destinations;
    private readonly Func<int> _seriesCount;
    private readonly QuotaTable _quotas;
    private readonly MetricFamily<GaugeMetric> _ratios;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Dictionary<string, long> _samplesBefore = new(StringComparer.Ordinal);
    private readonly HashSet<(string Destination, string Quota)> _warned = [];
    private IReadOnlyList<QuotaReading> _readings = [];

    /// <param name="destinations">The destinations now.</param>
    /// <param name="seriesCount">The series that are scraped; rules of a destination may send fewer of them.</param>
    /// <param name="quotas">What the workspaces take.</param>
    /// <param name="metrics">Gets the used ratios.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Gets the warnings.</param>
    public QuotaWatch(
        Func<IReadOnlyList<SentSamples>> destinations, Func<int> seriesCount, QuotaTable quotas, MetricRegistry metrics,
        TimeProvider time, ILogger log)
    {
        _destinations = destinations;
        _seriesCount = seriesCount;
        _quotas = quotas;
        _time = time;
        _log = log;
        _ratios = metrics.Gauges(
            "ampedge_quota_used_ratio",
            "Share of a quota of the workspace that this agent uses by itself; above 1 the workspace refuses.",
            "remote_name", "quota");
    }

    /// <summary>The last readings, by destination.</summary>
    public IReadOnlyList<QuotaReading> Readings => Volatile.Read(ref _readings);

    /// <summary>Reads until <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        long last = _time.GetTimestamp();
        while (true)
        {
            await Task.Delay(s_interval, _time, stop);
            long now = _time.GetTimestamp();
            Read(_time.GetElapsedTime(last, now));
            last = now;
        }
    }

    /// <summary>Reads the quotas of every destination.</summary>
    /// <param name="elapsed">Since the reading before.</param>
    internal void Read(TimeSpan elapsed)
    {
        List<QuotaReading> readings = [];
        foreach ((string name, long samples) in _destinations())
        {
            bool isKnown = _samplesBefore.TryGetValue(name, out long before) && samples >= before;
            _samplesBefore[name] = samples;
            readings.Add(new QuotaReading(name, Series, _seriesCount(), _quotas.ActiveSeries));
            double rate = isKnown ? (samples - before) / elapsed.TotalSeconds : 0;
            readings.Add(new QuotaReading(name, Rate, rate, _quotas.SamplesPerSecond));
        }

        foreach (QuotaReading reading in readings)
        {
            Judge(reading);
        }

        ForgetOthers(readings);
        Volatile.Write(ref _readings, readings);
    }

    private void Judge(QuotaReading reading)
    {
        _ratios.With(reading.Destination, reading.Quota).Set(reading.Ratio);
        (string, string) key = (reading.Destination, reading.Quota);
        if (reading.Ratio >= _quotas.WarnRatio)
        {
            if (_warned.Add(key))
            {
                CostLog.NearQuota(
                    _log, reading.Destination, reading.Quota, (long)reading.Used, (long)reading.Limit, Math.Round(reading.Ratio * 100, 1));
            }
        }
        else if (reading.Ratio < _quotas.WarnRatio * ReleaseRatio && _warned.Remove(key))
        {
            CostLog.BelowQuota(_log, reading.Destination, reading.Quota, Math.Round(reading.Ratio * 100, 1));
        }
    }

    private void ForgetOthers(List<QuotaReading> readings)
    {
        foreach (QuotaReading old in _readings)
        {
            if (!readings.Exists(reading => reading.Destination == old.Destination))
            {
                _ratios.Remove(old.Destination, old.Quota);
                _samplesBefore.Remove(old.Destination);
                _warned.Remove((old.Destination, old.Quota));
            }
        }
    }
}
