using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
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
        foreach (byte[] name in TestBlock.LabelNames(block))
        {
            names.Add(Encoding.UTF8.GetString(name));
            Assert.Equal(
                [.. expected[names[^1]]], TestBlock.LabelValues(block, name).ConvertAll(static value => Encoding.UTF8.GetString(value)));
        }

        Assert.Equal([.. expected.Keys], names);
        Assert.Empty(TestBlock.LabelValues(block, "absent"u8));
    }

    /// <summary>The files of a block of two series, as FORMAT.md draws them.</summary>
    [Theory]
    [InlineData("index")]
    [InlineData("chunks/000001")]
    [InlineData("tombstones")]
    [InlineData("meta.json")]
    public void A_small_block_has_the_bytes_of_the_format(string file)
    {
        FaultyFileSystem files = new();
        SortedDictionary<Labels, List<Sample>> series = new()
        {
            [Labels.FromStrings("__name__", "up", "job", "a")] = [new Sample(1000, 1), new Sample(16000, 1)],
            [Labels.FromStrings("__name__", "up", "job", "b")] = [new Sample(2000, 2)],
        };
        TestBlock.Write(files, TestBlock.Folder, TestBlock.Name, series);
        using (Block block = TestBlock.Open(files, TestBlock.Name))
        {
            block.Delete([new Matcher(MatcherType.Equal, "job", "b")], 1000, 3000);
        }

        byte[] content = files.Content(Path.Combine(TestBlock.PathOf(TestBlock.Name), file));
        string golden = Path.Combine(
            Oracle.RepositoryRoot, "tests", "testdata", "tsdb", "block", file.Replace('/', '-') + ".hex");
        Assert.Equal(File.ReadAllText(golden).ReplaceLineEndings(""), Convert.ToHexStringLower(content));
    }

    /// <summary>Sections and the spool are larger than what is written or read at a time.</summary>
    [Fact]
    public void A_large_index_is_read_as_it_was_written()
    {
        Gen gen = Gen.Create(9);
        string folder = Directory.CreateTempSubdirectory("ampedge-blocks-").FullName;
        try
        {
            DiskFileSystem files = new();
            SortedDictionary<Labels, List<Sample>> series = [];
            for (int index = 0; index < 30_000; index++)
            {
                Labels labels = Labels.FromStrings(
                    "__name__", "m" + gen.Int(20), "pod", "pod-" + gen.Int(1_000_000), "node", "node-" + gen.Int(300));
                series[labels] = [new Sample(TestBlock.StartMs + gen.Int(1000), index)];
            }

            TestBlock.Write(files, folder, TestBlock.Name, series);
            string path = Path.Combine(folder, TestBlock.Name.ToString());
            Assert.True(Block.TryOpen(files, path, new PageCache(1 << 20), out Block? block, out BlockCorruptionException? corruption), corruption?.Message);
            using (block)
            {
                Assert.Empty(block.Verify());
                Assert.Equal(TestBlock.Dump(series), TestBlock.Dump(block));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
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
