using System.Linq;
using AmpEdge.Agent.Budget;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.Budget;

public sealed class MemoryWatchTests
{
    private readonly ManualTime _time = new();
    private readonly MemoryBudget _budget = new();
    private readonly MemoryWatch _watch;
    private long _live;
    private long _garbage;
    private int _collections;

    public MemoryWatchTests() => _watch = new MemoryWatch(
        _budget, () => new HeapReading(_live + _garbage, 100), Collect, _time, new MetricRegistry(), NullLogger.Instance);

    [Fact]
    public void Levels_rise_with_what_is_held_and_end_some_way_below_where_they_began()
    {
        Assert.Equal(
            [
                MemoryLevel.Ample, MemoryLevel.Tight, MemoryLevel.Full, MemoryLevel.Full, MemoryLevel.Tight, MemoryLevel.Tight,
                MemoryLevel.Ample,
            ],
            Array.ConvertAll<long, MemoryLevel>([59, 60, 70, 63, 61, 53, 51], LevelAt));
    }

    [Fact]
    public void Garbage_is_collected_before_anything_is_held_back()
    {
        _garbage = 60;
        Assert.Equal(MemoryLevel.Ample, LevelAt(30));
        Assert.Equal(1, _collections);
    }

    [Fact]
    public void Collections_that_are_only_made_to_know_are_rare()
    {
        for (int second = 0; second < 60; second++)
        {
            _garbage = 5;
            Assert.Equal(second < 1 ? MemoryLevel.Ample : MemoryLevel.Full, LevelAt(second < 1 ? 30 : 90));
        }

        Assert.InRange(_collections, 5, 7);
    }

    [Fact]
    public void What_may_be_garbage_holds_nothing_back_until_the_next_collection()
    {
        _garbage = 60;
        _live = 30;
        _watch.LookOnce();
        _live = 90;
        _watch.LookOnce();
        Assert.Equal(MemoryLevel.Ample, _budget.Level);

        _time.Advance(TimeSpan.FromSeconds(2));
        _watch.LookOnce();
        Assert.Equal(MemoryLevel.Full, _budget.Level);
    }

    [Fact]
    public void What_a_heap_has_grown_by_is_looked_through_now_and_then_where_memory_is_ample()
    {
        const long Mebibyte = 1 << 20;
        MemoryWatch watch = new(
            _budget, () => new HeapReading(_live + _garbage, 1000 * Mebibyte), Collect, _time, new MetricRegistry(), NullLogger.Instance);
        List<long> collectedWith = [];
        for (int second = 0; second < 300; second++)
        {
            // Two mebibytes of garbage a second, and at first one that stays.
            _live += second < 60 ? Mebibyte : 0;
            _garbage += 2 * Mebibyte;
            long used = _live + _garbage;
            int before = _collections;
            watch.LookOnce();
            if (_collections > before)
            {
                collectedWith.Add(used / Mebibyte);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(MemoryLevel.Ample, _budget.Level);
        Assert.Equal([18, 51, 66, 81, .. Enumerable.Repeat(90L, 16)], collectedWith);
    }

    private MemoryLevel LevelAt(long live)
    {
        _live = live;
        _watch.LookOnce();
        _time.Advance(TimeSpan.FromSeconds(2));
        return _budget.Level;
    }

    private void Collect()
    {
        _collections++;
        _garbage = 0;
    }
}
