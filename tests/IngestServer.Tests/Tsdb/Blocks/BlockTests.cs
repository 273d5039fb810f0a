using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Blocks;

public sealed class BlockTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 20)]
    [InlineData(3, 20)]
    [InlineData(4, 300)]
    [InlineData(5, 300)]
    public void A_block_answers_with_what_was_written(int seed, int maxSeries)
    {
        Gen gen = Gen.Create(seed);
        FaultyFileSystem files = new();
        SortedDictionary<Labels, List<Sample>> series = TestBlock.RandomSeries(gen, maxSeries);
        // Small segments, so that there are several.
        BlockMeta? meta = TestBlock.Write(files, TestBlock.Folder, TestBlock.Name, series, segmentBytes: 32 * 1024);
        using Block block = TestBlock.Open(files, TestBlock.Name);

        Assert.Equal(meta!.ToJson(), block.Meta.ToJson());
        Assert.Equal(TestBlock.Dump(series), TestBlock.Dump(block));
        for (int query = 0; query < 40; query++)
        {
            List<Matcher> matchers = RandomMatchers(gen, series);
            long minTimeMs = TestBlock.StartMs + gen.Int(10_000_000);
            long maxTimeMs = minTimeMs + gen.Int(3_000_000);
            Assert.True(
                TestBlock.Dump(series, matchers, minTimeMs, maxTimeMs) == TestBlock.Dump(block, matchers, minTimeMs, maxTimeMs),
                $"{gen}: {string.Join(", ", matchers)} from {minTimeMs} to {maxTimeMs}");
        }
    }

    [Fact]
    public void Label_names_and_values_are_sorted_by_their_bytes()
    {
        Gen gen = Gen.Create(7);
        FaultyFileSystem files = new();
        SortedDictionary<Labels, List<Sample>> series = TestBlock.RandomSeries(gen, 300, 3);
        TestBlock.Write(files, TestBlock.Folder, TestBlock.Name, series);
        using Block block = TestBlock.Open(files, TestBlock.Name);

        SortedDictionary<string, SortedSet<string>> expected = new(Utf8Order.Instance);
        foreach (Labels labels in series.Keys)
        {
            foreach (LabelPair label in labels)
            {
                string name = Encoding.UTF8.GetString(label.Name);
                expected.TryAdd(name, new SortedSet<string>(Utf8Order.Instance));
                expected[name].Add(Encoding.UTF8.GetString(label.Value));
            }
        }

        List<string> names = [];
        foreach (byte[] name in block.LabelNames())
        {
            names.Add(Encoding.UTF8.GetString(name));
            Assert.Equal(
                [.. expected[names[^1]]], block.LabelValues(name).ConvertAll(static value => Encoding.UTF8.GetString(value)));
        }

        Assert.Equal([.. expected.Keys], names);
        Assert.Empty(block.LabelValues("absent"u8));
    }

    [Fact]
    public void Without_a_series_there_is_no_block()
    {
        FaultyFileSystem files = new();
        using (BlockWriter writer = BlockWriter.Create(files, TestBlock.Folder, TestBlock.Name))
        {
            writer.BeginSeries(Labels.FromStrings("__name__", "a").Blob);
            Assert.Null(writer.Finish(0, 1, new BlockCompaction { Level = 1 }));
        }

        Assert.Empty(files.List(TestBlock.Folder));
    }

    internal static List<Matcher> RandomMatchers(Gen gen, SortedDictionary<Labels, List<Sample>> series)
    {
        List<Matcher> matchers = [];
        List<Labels> sets = [.. series.Keys];
        for (int count = gen.Int(4); count > 0; count--)
        {
            string name = gen.Pick("__name__", "instance", "pod", "job", "zone", "absent");
            string value = gen.OneIn(5) ? "" : sets[gen.Int(sets.Count)].GetString(name);
            matchers.Add(gen.Int(6) switch
            {
                0 => new Matcher(MatcherType.NotEqual, name, value),
                1 => new Matcher(MatcherType.Regex, name, gen.Pick("pod-1.*", ".+", ".*", "", "metric_[0-3]", "(a|b|01|10)")),
                2 => new Matcher(MatcherType.NotRegex, name, gen.Pick("pod-1.*", ".+", ".*", "", "metric_[0-3]", "(a|b|01|10)")),
                _ => new Matcher(MatcherType.Equal, name, value),
            });
        }

        return matchers;
    }
}
