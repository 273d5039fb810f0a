using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Budget;

/// <summary>
/// Looks at the heap now and then and says how much is to be held back, so that the agent goes on with less before the runtime
/// or the kernel ends it: what lies on the disk too goes first, series that are not there yet next, and what is scraped already
/// is never let go of. While there is enough it has garbage collected that the runtime itself would leave where it lies for as long as
/// nothing more is wanted: what starting, new targets and catching up from the disk leave behind.
/// </summary>
internal sealed class MemoryWatch
{
    /// <summary>Well below all of it: arrays grow by being copied, and garbage lies about between collections.</summary>
    private const double TightShare = 0.6;
    private const double FullShare = 0.7;

    /// <summary>A level ends this far below the share at which it began, so that it does not flap.</summary>
    private const double ReleaseBelow = 0.08;

    /// <summary>What a heap may grow by before it is looked through: at least so much, and that part of what was held.</summary>
    private const long LeastGrowthBytes = 16 << 20;
    private const int GrowthPart = 4;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>Between two collections that are only made to know what is garbage: before more is held back…</summary>
    private static readonly TimeSpan s_collectToRaise = TimeSpan.FromSeconds(2);

    /// <summary>… and while it is, to see what that has brought.</summary>
    private static readonly TimeSpan s_collectToRelease = TimeSpan.FromSeconds(20);

    /// <summary>And between two that give back what a heap has grown by.</summary>
    private static readonly TimeSpan s_collectToGiveBack = TimeSpan.FromSeconds(15);

    private readonly Lock _lookLock = new();
    private readonly MemoryBudget _budget;
    private readonly Func<HeapReading> _read;
    private readonly Action _collect;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _collectedAt;
    private bool _hasCollected;

    /// <summary>What was on the heap after the last collection of ours.</summary>
    private long _heldBytes;

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
            reading = Collect();
            level = LevelOf(reading.Share);
        }
        else if (level == MemoryLevel.Ample && HasGrown(reading.UsedBytes))
        {
            reading = Collect();
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

    private HeapReading Collect()
    {
        _collect();
        _collectedAt = _time.GetTimestamp();
        _hasCollected = true;
        HeapReading reading = _read();
        _heldBytes = reading.UsedBytes;
        return reading;
    }

    private bool HasGrown(long usedBytes) =>
        usedBytes - _heldBytes >= Math.Max(LeastGrowthBytes, _heldBytes / GrowthPart)
        && (!_hasCollected || _time.GetElapsedTime(_collectedAt) >= s_collectToGiveBack);

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
