using AmpEdge.Agent.Tests.Scrape;
using Xunit;

namespace AmpEdge.Agent.Tests;

/// <summary>Days in some seconds: what is held at their ends. Alone, because the heap is that of the whole process.</summary>
[Collection(nameof(AloneCollection))]
public sealed class LongRunTests
{
    private const int Days = 3;

    /// <summary>
    /// An array of a megabyte is in the pool at one time and not at another. One small object left of each series that ended
    /// would be twice as much: there are 37,000 a day.
    /// </summary>
    private const long HeapNoiseBytes = 1_600_000;

    /// <summary>
    /// How many series an outage holds at its height depends by a few targets on when the sender saw that its segment went.
    /// What is left behind adds up: a percent of a day's series would be more than this.
    /// </summary>
    private const double HeightNoise = 1.05;

    [Fact]
    public async Task Days_of_churning_series_pods_that_come_and_go_and_long_outages_leave_nothing_behind()
    {
        await using LongRunWorld world = new();
        await world.StartAsync();
        await world.LiveThroughDayAsync(3, 9);
        LongRunLevel first = world.Level();
        double lost = world.LostSamples();
        Assert.True(lost > 0, "the outage was no longer than the buffer");
        List<LongRunLevel> levels = [];
        for (int day = 0; day < Days; day++)
        {
            await world.LiveThroughDayAsync(day % 2 == 0 ? 0 : 3, day % 2 == 0 ? 0 : 9);
            levels.Add(world.Level());
        }

        Assert.True(world.SentSamples() > 1_000_000, $"only {world.SentSamples()} samples were sent");
        for (int day = 0; day < Days; day++)
        {
            LongRunLevel level = levels[day];
            LongRunLevel before = day == 0 ? first : levels[day - 1];
            string both = $"after the first day {first}\nlater {string.Join('\n', levels)}";

            // A target's cache keeps lines of the last releases until they are a quarter of all.
            Assert.True(level.Series <= 2 * LongRunWorld.LiveSeries && level.Families <= 3 && level.MetricLines == first.MetricLines, both);
            Assert.True(level.SeriesRefs <= first.SeriesRefs * HeightNoise && level.LabelBytes <= first.LabelBytes * HeightNoise, both);
            // Only an outage needs more at once: on a day without one both stay exactly as they were.
            Assert.True(day % 2 != 0 || (level.SeriesRefs == before.SeriesRefs && level.LabelBytes == before.LabelBytes), both);
            Assert.True(level.Segments <= 2 && level.HeapBytes <= first.HeapBytes + HeapNoiseBytes, both);
        }
    }
}
