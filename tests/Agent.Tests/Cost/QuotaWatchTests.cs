using System.Text;
using AmpEdge.Agent.Cost;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AmpEdge.Agent.Tests.Cost;

public sealed class QuotaWatchTests : IDisposable
{
    private static readonly TimeSpan s_elapsed = TimeSpan.FromSeconds(30);

    private readonly MemoryStream _log = new();
    private readonly LineLoggerFactory _loggers;
    private readonly List<SentSamples> _sent = [];
    private readonly QuotaWatch _watch;
    private int _series;

    public QuotaWatchTests()
    {
        ManualTime time = new();
        _loggers = new LineLoggerFactory(_log, LogFormat.Logfmt, LogLevel.Information, time);
        QuotaTable quotas = new() { ActiveSeries = 1_000, SamplesPerSecond = 100, WarnRatio = 0.8 };
        _watch = new QuotaWatch(
            () => _sent, () => _series, quotas, new MetricRegistry(), time, _loggers.CreateLogger<QuotaWatch>());
    }

    public void Dispose() => _loggers.Dispose();

    private string Log() => Encoding.UTF8.GetString(_log.ToArray());

    [Fact]
    public void Nearing_a_quota_is_said_once_and_leaving_it_too()
    {
        _sent.Add(new SentSamples("amp", 0));
        foreach (int series in (int[])[799, 800, 900, 790, 810, 700, 100])
        {
            _series = series;
            _watch.Read(s_elapsed);
        }

        string[] lines = Log().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("destination amp is near the quota active_series of its workspace: 800 of 1000 (80 %)", lines[0]);
        Assert.Contains("destination amp is clear of the quota active_series again: 70 % used", lines[1]);
    }

    [Fact]
    public void The_rate_is_that_between_two_readings()
    {
        _sent.Add(new SentSamples("amp", 5_000));
        _watch.Read(s_elapsed);
        Assert.Equal(0, RateOf("amp").Used);

        _sent[0] = new SentSamples("amp", 8_000);
        _watch.Read(s_elapsed);
        Assert.Equal(100, RateOf("amp").Used);
        Assert.Equal(1, RateOf("amp").Ratio);
        Assert.Contains("samples_per_second", Log());

        // A destination that began anew counts from zero.
        _sent[0] = new SentSamples("amp", 10);
        _watch.Read(s_elapsed);
        Assert.Equal(0, RateOf("amp").Used);
    }

    [Fact]
    public void A_destination_that_is_gone_is_forgotten()
    {
        _sent.Add(new SentSamples("old", 0));
        _watch.Read(s_elapsed);
        _sent[0] = new SentSamples("new", 0);
        _watch.Read(s_elapsed);

        Assert.All(_watch.Readings, reading => Assert.Equal("new", reading.Destination));
    }

    private QuotaReading RateOf(string destination) => Assert.Single(
        _watch.Readings, reading => reading.Destination == destination && reading.Quota == "samples_per_second");
}
