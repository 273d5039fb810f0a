using System.Globalization;
using System.Linq;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Compaction;

public sealed class CompactionPlannerTests
{
    private const string File = "tsdb/compaction.plans";

    public static TheoryData<string> Titles() => new(ReadCases().Select(one => one.Title));

    [Theory]
    [MemberData(nameof(Titles))]
    public void Blocks_are_chosen_as_the_table_says(string title)
    {
        Case one = ReadCases().Single(one => one.Title == title);
        List<int> plan = new CompactionPlanner(one.Ranges).Plan(one.Blocks);
        Assert.Equal(one.Plan, plan.Count == 0 ? "none" : string.Join(' ', plan));
    }

    [Fact]
    public void Compacting_as_planned_comes_to_an_end_with_few_long_blocks_that_do_not_overlap()
    {
        Gen gen = Gen.Create(41);
        CompactionPlanner planner = new(BlockRanges.For(TimeSpan.FromHours(2), TimeSpan.FromDays(150)));
        List<BlockExtent> blocks = [];
        long hour = TimeSpan.MillisecondsPerHour;
        int compactions = 0;
        for (int block = 0; block < 900; block++)
        {
            long startMs = block * 2 * hour;
            blocks.Add(new BlockExtent(startMs, startMs + (2 * hour), Series: 10));
            if (gen.OneIn(20))
            {
                // Late samples: a block over an older time.
                long lateMs = BlockRanges.StartOf(gen.Int(block + 1) * 2 * hour, 2 * hour);
                blocks.Add(new BlockExtent(lateMs, lateMs + (2 * hour), Series: 10));
            }

            blocks.Sort((left, right) => left.MinTimeMs.CompareTo(right.MinTimeMs));
            for (List<int> plan = planner.Plan(blocks); plan.Count > 0; plan = planner.Plan(blocks))
            {
                Assert.True(++compactions < 10_000, $"compaction does not end, {gen}");
                List<BlockExtent> chosen = [.. plan.Select(place => blocks[place])];
                blocks.RemoveAll(chosen.Contains);
                blocks.Add(new BlockExtent(chosen.Min(one => one.MinTimeMs), chosen.Max(one => one.MaxTimeMs), Series: 10));
                blocks.Sort((left, right) => left.MinTimeMs.CompareTo(right.MinTimeMs));
            }

            for (int index = 1; index < blocks.Count; index++)
            {
                Assert.True(blocks[index - 1].MaxTimeMs <= blocks[index].MinTimeMs, $"blocks overlap, {gen}");
            }
        }

        // 75 days: 11 blocks of 162 h and what is not full yet, each level three times at most.
        Assert.InRange(blocks.Count, 12, 24);
        Assert.Contains(blocks, block => block.MaxTimeMs - block.MinTimeMs == 162 * hour);
        Assert.DoesNotContain(blocks, block => block.MaxTimeMs - block.MinTimeMs > 162 * hour);
    }

    private static List<Case> ReadCases()
    {
        List<Case> cases = [];
        foreach (string line in System.IO.File.ReadLines(Oracle.TestData(File)))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words.FirstOrDefault())
            {
                case "=":
                    cases.Add(new Case(line[2..], [], [], ""));
                    break;
                case "ranges":
                    cases[^1] = cases[^1] with { Ranges = [.. words[1..].Select(Number)] };
                    break;
                case "blocks":
                    cases[^1] = cases[^1] with { Blocks = [.. words[1..].Select(Block)] };
                    break;
                case "plan":
                    cases[^1] = cases[^1] with { Plan = string.Join(' ', words[1..]) };
                    break;
            }
        }

        return cases;
    }

    private static BlockExtent Block(string text)
    {
        string[] parts = text.Split(',');
        int dash = parts[0].IndexOf('-', 1);
        BlockExtent block = new(Number(parts[0][..dash]), Number(parts[0][(dash + 1)..]), Series: 10);
        foreach (string part in parts[1..])
        {
            block = part.Split('=') switch
            {
                ["series", var series] => block with { Series = Number(series) },
                ["deleted", var deleted] => block with { Tombstones = Number(deleted) },
                _ => block with { Failed = true },
            };
        }

        return block;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Case(string Title, long[] Ranges, IReadOnlyList<BlockExtent> Blocks, string Plan);
}
