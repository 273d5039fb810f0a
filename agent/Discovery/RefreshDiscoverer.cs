using System.Globalization;
using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery;

/// <summary>
/// Looks at a target source once per refresh interval. A look that fails is counted, logged once and shown, and
/// leaves all targets as they were.
/// </summary>
/// <remarks>
/// The first look comes after a random part of the interval, so that the agents of a thousand nodes, or the jobs of
/// one agent, do not ask at the same moment for ever.
/// </remarks>
internal sealed class RefreshDiscoverer : IDiscoverer, IStatusReporter
{
    /// <summary>The first look waits for up to this part of the interval, and never longer than <see cref="s_maxFirstWait"/>.</summary>
    private const double MaxFirstWaitPart = 0.1;

    private static readonly TimeSpan s_maxFirstWait = TimeSpan.FromSeconds(5);

    private readonly ITargetSource _source;
    private readonly string _job;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly CounterMetric _failures;
    private readonly HistogramMetric _duration;
    private readonly SummaryMetric _durationSummary;
    private readonly RepeatedErrorGate _problems;
    private volatile DiscovererStatus _status;

    /// <param name="source">Looked at, and disposed of at the end.</param>
    /// <param name="job">The scrape job, for metrics and the log.</param>
    /// <param name="metrics">Counts failures and measures durations.</param>
    /// <param name="time">The clock of the interval.</param>
    /// <param name="random">Decides when the first look is.</param>
    /// <param name="log">Gets failures and recoveries.</param>
    public RefreshDiscoverer(
        ITargetSource source, string job, DiscoveryMetrics metrics, TimeProvider time, Random random, ILogger log)
    {
        _source = source;
        _job = job;
        _time = time;
        _random = random;
        _log = log;
        _failures = metrics.RefreshFailures(source.Mechanism, job);
        _duration = metrics.RefreshDuration(source.Mechanism, job);
        _durationSummary = metrics.RefreshSummary(source.Mechanism, job);
        _problems = new RepeatedErrorGate(time);
        _status = new DiscovererStatus(source.Mechanism, null, TimeSpan.Zero, null);
    }

    public DiscovererStatus Status => _status;

    public async Task RunAsync(Action<IReadOnlyList<TargetGroup>> report, CancellationToken stop)
    {
        using (_source)
        {
            await Task.Delay(FirstWait(), _time, stop);
            while (true)
            {
                long started = _time.GetTimestamp();
                await RefreshAsync(report, stop);
                TimeSpan rest = LongWait.Bounded(_source.RefreshInterval) - _time.GetElapsedTime(started);
                await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, _time, stop);
            }
        }
    }

    /// <summary>Looks once. Throws only when <paramref name="stop"/> ends the discoverer's life.</summary>
    internal async Task RefreshAsync(Action<IReadOnlyList<TargetGroup>> report, CancellationToken stop)
    {
        DateTimeOffset look = _time.GetUtcNow();
        long started = _time.GetTimestamp();
        string? problem;
        using CancellationTokenSource timeout = new(LongWait.Bounded(_source.Timeout), _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            RefreshAnswer answer = await _source.FindAsync(either.Token);
            report(answer.Groups);
            problem = answer.Problem;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error)
        {
            _failures.Increment();
            problem = timeout.IsCancellationRequested
                ? string.Create(CultureInfo.InvariantCulture, $"no answer within {_source.Timeout.TotalSeconds:0.###}s")
                : OneLine(error.Message);
        }

        _duration.ObserveSince(_time, started);
        _durationSummary.Observe(_time.GetElapsedTime(started).TotalSeconds);
        _status = new DiscovererStatus(_source.Mechanism, look, _time.GetElapsedTime(started), problem);
        Log(problem);
    }

    private void Log(string? problem)
    {
        if (problem is not null && _problems.ShouldLog(problem, out long heldBack))
        {
            DiscoveryLog.RefreshFailed(_log, _source.Mechanism, _job, problem, heldBack);
        }
        else if (problem is null && _problems.Recovered(out long failures))
        {
            DiscoveryLog.RefreshRecovered(_log, _source.Mechanism, _job, failures);
        }
    }

    private TimeSpan FirstWait()
    {
        TimeSpan longest = _source.RefreshInterval * MaxFirstWaitPart;
        return (longest < s_maxFirstWait ? longest : s_maxFirstWait) * _random.NextDouble();
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
