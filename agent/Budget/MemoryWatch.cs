using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Budget;

/// <summary>
/// Looks at the heap now and then and says how much is to be held back, so that the agent goes on with less before the runtime
/// or the kernel ends it: what lies on the disk too goes first, series that are not there yet next, and what is scraped already
/// is never let go of.
/// </summary>
internal sealed class MemoryWatch
{
    /// <summary>Well below all of it: arrays grow by being copied, and garbage lies about between collections.</summary>
    private const double TightShare = 0.6;
    private const double FullShare = 0.7;

    /// <summary>A level ends this far below the share at which it began, so that it does not flap.</summary>
    private const double ReleaseBelow = 0.08;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>Between two collections that are only made to know what is garbage: before more is held back…</summary>
    private static readonly TimeSpan s_collectToRaise = TimeSpan.FromSeconds(2);

    /// <summary>… and while it is, to see what that has brought.</summary>
    private static readonly TimeSpan s_collectToRelease = TimeSpan.FromSeconds(20);

    private readonly Lock _lookLock = new();
    private readonly MemoryBudget _budget;
    private readonly Func<HeapReading> _read;
    private readonly Action _collect;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _collectedAt;
    private bool _hasCollected;

    /// <param name="budget">Gets the level.</param>
    /// <param name="read">Reads the heap.</param>
    /// <param name="collect">Collects its garbage.</param>
    /// <param name="time">The clock.</param>
    /// <param name="registry">Gets the metrics.</param>
    /// <param name="logger">Gets a line when the level changes.</param>
    public MemoryWatch(
        MemoryBudget budget, Func<HeapReading> read, Action collect, TimeProvider time, MetricRegistry registry, ILogger logger)
    {
        _budget = budget;
        budget.Look = LookOnce;
        _read = read;
        _collect = collect;
        _time = time;
        _logger = logger;
        registry.Gauge(
            "ampedge_memory_heap_limit_bytes", "Bytes that the managed heap may have.", () => _read().LimitBytes);
        registry.Gauge(
            "ampedge_memory_level",
            "0: ample; 1: tight, destinations wait on the disk; 2: full, series that are not there yet are left out.",
            () => (int)_budget.Level);
    }

    /// <summary>Looks every second until <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer ticks = new(s_interval, _time);
        while (await ticks.WaitForNextTickAsync(stop))
        {
            LookOnce();
        }
    }

    /// <summary>Looks, unless somebody does so at this moment.</summary>
    public void LookOnce()
    {
        if (!_lookLock.TryEnter())
        {
            return;
        }

        try
        {
            Look();
        }
        finally
        {
            _lookLock.Exit();
        }
    }

    private void Look()
    {
        HeapReading reading = _read();
        MemoryLevel level = LevelOf(reading.Share);
        if (level != MemoryLevel.Ample && MayCollect(level))
        {
            _collect();
            _collectedAt = _time.GetTimestamp();
            _hasCollected = true;
            reading = _read();
            level = LevelOf(reading.Share);
        }
        else if (level > _budget.Level)
        {
            // It may be garbage.
            return;
        }

        if (level != _budget.Level)
        {
            _budget.Level = level;
            MemoryLog.LevelChanged(_logger, level, reading.UsedBytes, reading.LimitBytes);
        }
    }

    private bool MayCollect(MemoryLevel seen) =>
        !_hasCollected
        || _time.GetElapsedTime(_collectedAt) >= (seen > _budget.Level ? s_collectToRaise : s_collectToRelease);

    private MemoryLevel LevelOf(double share)
    {
        MemoryLevel now = _budget.Level;
        if (share >= FullShare - (now == MemoryLevel.Full ? ReleaseBelow : 0))
        {
            return MemoryLevel.Full;
        }

        return share >= TightShare - (now != MemoryLevel.Ample ? ReleaseBelow : 0) ? MemoryLevel.Tight : MemoryLevel.Ample;
    }
}
