using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

public sealed class HeadBudgetTests
{
    [Fact]
    public void Anybody_may_take_what_nobody_else_uses()
    {
        HeadBudget budget = new(1000);
        HeadBudget.Member noisy = budget.Join();
        HeadBudget.Member quiet = budget.Join();
        quiet.Note(100);
        Assert.Equal(900, noisy.Allowance);
        noisy.Note(900);
        Assert.Equal(900, noisy.Allowance);
        Assert.Equal(1000, budget.UsedBytes);
    }

    [Theory]
    [InlineData(1000, new long[] { 900, 200 }, new long[] { 800, 500 })]
    [InlineData(1000, new long[] { 900, 900, 900, 900 }, new long[] { 250, 250, 250, 250 })]
    [InlineData(1200, new long[] { 1000, 700, 100 }, new long[] { 550, 550, 400 })]
    [InlineData(900, new long[] { 0, 0, 1200 }, new long[] { 450, 450, 900 })]
    public void When_there_is_no_room_the_largest_are_cut_to_a_level_and_none_below_an_equal_share(
        long total, long[] used, long[] allowed)
    {
        HeadBudget budget = new(total);
        List<HeadBudget.Member> members = [];
        foreach (long bytes in used)
        {
            members.Add(budget.Join());
            members[^1].Note(bytes);
        }

        Assert.Equal(allowed, members.ConvertAll(static member => member.Allowance));
        members[0].Dispose();
        Assert.Equal(budget.UsedBytes, Sum(used) - used[0]);
    }

    [Fact]
    public void A_workspace_that_fills_the_memory_is_cut_back_and_refused_and_its_neighbour_is_not()
    {
        ManualTime time = new(DateTimeOffset.FromUnixTimeMilliseconds(TestDatabase.StartMs));
        SharedMemory memory = new(8 << 20, 1 << 20, time);
        using Database noisy = Open("/noisy", time, memory);
        using Database quiet = Open("/quiet", time, memory);
        Write(quiet, "quiet", 1000, TestDatabase.StartMs, out _);

        long refused = 0;
        for (int minute = 0; minute < 60 && refused == 0; minute++)
        {
            Write(noisy, $"noisy-{minute}", 1000, TestDatabase.StartMs + (minute * 60_000L), out refused);
        }

        Assert.True(refused > 0, noisy.Stats().ToString());
        Write(quiet, "more", 1000, TestDatabase.StartMs + 60_000, out long refusedQuiet);
        Assert.Equal(0, refusedQuiet);

        quiet.Maintain();
        Assert.Equal(2000, quiet.SeriesCount);
        Assert.Equal(0, quiet.UpkeepStats().Blocks);
        noisy.Maintain();
        Assert.True(noisy.UpkeepStats().Blocks > 0);
        Assert.True(memory.Heads.UsedBytes <= memory.Heads.TotalBytes, $"{memory.Heads.UsedBytes}");
        Assert.True(noisy.Stats().MaxHeadBytes < (8 << 20), noisy.Stats().ToString());
    }

    private static Database Open(string folder, ManualTime time, SharedMemory memory) =>
        Database.Open(folder, TestDatabase.Options, new FaultyFileSystem(), time, hashSeed: 1, memory);

    private static void Write(Database database, string name, int series, long timestampMs, out long refused)
    {
        refused = 0;
        using Appender appender = database.NewAppender();
        for (int index = 0; index < series; index++)
        {
            Labels labels = Labels.FromStrings("__name__", name, "n", $"{index}");
            bool made = appender.TryGetOrCreateSeries(TestDatabase.Raw(labels), labels, int.MaxValue, out SeriesRef reference)
                == AppendOutcome.Appended;
            refused += made ? 0 : 1;
            if (made)
            {
                appender.Append(reference, timestampMs, index);
            }
        }

        appender.Commit();
    }

    private static long Sum(long[] numbers)
    {
        long sum = 0;
        foreach (long number in numbers)
        {
            sum += number;
        }

        return sum;
    }
}
