using System.Globalization;
using AmpEdge.IngestServer.Tests.Tsdb.Blocks;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Chunks;

public sealed class Xor2DecoderTests
{
    /// <summary>Written out by hand from the description of the format.</summary>
    [Theory]

    // 1000 ms and 1.0; a step of 15 s, the same value; no change of either (a zero bit).
    [InlineData("0003 00 d00f 3ff0000000000000 9875 00", "1000=1 16000=1 31000=1")]

    // The stale marker at the second sample (111), then '0': the value before it is back.
    [InlineData("0003 00 d00f 3ff0000000000000 9875 e0", "1000=1 16000=NaN 31000=1")]

    // A step that is longer by 1: 110 and 13 bits, then 0 for the value. 0|110 0000 0000 0000 1|0
    [InlineData("0003 00 d00f 3ff0000000000000 9875 60 00 80", "1000=1 16000=1 31001=1")]

    // 2.0 after 1.0: 0, then 10 and 1 for a new window of one zero and eleven bits, all ones. 0|10|1|00001|001011|11111111111
    [InlineData("0003 00 d00f 3ff0000000000000 9875 50 97 ff c0", "1000=1 16000=1 31000=2")]

    // The first counter began at 0.
    [InlineData("0001 80 d00f 3ff0000000000000 d00f", "1000=1")]
    public void Bytes_are_read_as_the_format_says(string hex, string expected) =>
        Assert.Equal(expected, Text(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out _));

    [Fact]
    public void Whatever_is_written_is_read_back()
    {
        Gen gen = Gen.Create(51);
        for (int round = 0; round < 300; round++)
        {
            List<(long TimeMs, double Value, long StartMs)> samples = Samples(gen, 1 + gen.Int(200));
            List<string> expected = [];
            foreach ((long timeMs, double value, _) in samples)
            {
                expected.Add(Text(timeMs, value));
            }

            Assert.True(string.Join(' ', expected) == Text(Xor2Chunk.Encode(samples), out bool corrupt) && !corrupt, $"round {round}, {gen}");
        }
    }

    [Fact]
    public void Damage_of_any_kind_never_does_worse_than_being_called_corrupt()
    {
        Gen gen = Gen.Create(52);
        for (int round = 0; round < 3000; round++)
        {
            byte[] sound = Xor2Chunk.Encode(Samples(gen, 1 + gen.Int(20)));
            Text(gen.Mutate(sound), out _);
            Text(sound[..gen.Int(sound.Length)], out bool corrupt);
            Assert.True(corrupt, $"round {round}, {gen}");
        }
    }

    [Fact]
    public void A_block_of_them_is_answered_from_verified_and_written_anew_as_prometheus_of_old_reads_it()
    {
        Gen gen = Gen.Create(53);
        FaultyFileSystem files = new();
        SortedDictionary<Labels, List<Sample>> series = [];
        using (BlockWriter writer = BlockWriter.Create(files, TestBlock.Folder, TestBlock.Name))
        {
            for (int number = 0; number < 5; number++)
            {
                List<(long TimeMs, double Value, long StartMs)> samples = Samples(gen, 100, TestBlock.StartMs);
                Labels labels = Labels.FromStrings("__name__", "a", "n", $"{number}");
                series[labels] = samples.ConvertAll(static sample => new Sample(sample.TimeMs, sample.Value));
                writer.BeginSeries(labels.Blob);
                writer.AddChunk(samples[0].TimeMs, samples[^1].TimeMs, ChunkEncoding.Xor2, Xor2Chunk.Encode(samples));
            }

            long endMs = long.MinValue;
            foreach (List<Sample> samples in series.Values)
            {
                endMs = Math.Max(endMs, samples[^1].TimestampMs + 1);
            }

            writer.Finish(TestBlock.StartMs, endMs, new BlockCompaction { Level = 1, Sources = [TestBlock.Name] });
        }

        using Block block = TestBlock.Open(files, TestBlock.Name);
        string expected = TestBlock.Dump(series);
        Assert.Equal(expected, TestBlock.Dump(block));
        Assert.Empty(block.Verify(TestContext.Current.CancellationToken));

        Ulid next = new UlidSource(TimeProvider.System, 1).Next(static _ => false);
        BlockMerger.Write(
            files, TestBlock.Folder, next, [block], new BlockCompaction { Level = 2, Sources = [TestBlock.Name] },
            TestContext.Current.CancellationToken, new TimeInterval(long.MinValue, long.MaxValue));
        using Block merged = TestBlock.Open(files, next);
        Assert.Equal(expected, TestBlock.Dump(merged));
        SelectedBlockSeries found = merged.Select([], long.MinValue, long.MaxValue);
        Assert.True(found.MoveNext());
        found.ReadChunk(found.Chunks[0], out ChunkEncoding encoding);
        Assert.Equal(ChunkEncoding.Xor, encoding);
    }

    private static List<(long TimeMs, double Value, long StartMs)> Samples(Gen gen, int count, long timeMs = 0)
    {
        List<(long TimeMs, double Value, long StartMs)> samples = [];
        bool hasStarts = timeMs == 0 && gen.Bool();
        timeMs = timeMs == 0 ? gen.Int(2_000_000_000) : timeMs;
        long startMs = hasStarts && gen.Bool() ? timeMs - gen.Int(100_000) : 0;
        double value = gen.Int(1000);
        for (int index = 0; index < count; index++)
        {
            samples.Add((timeMs, value, startMs));
            timeMs += gen.Int(6) switch
            {
                0 => 15_000 + gen.Int(9000),
                1 => 1 + gen.Int(2_000_000),
                2 => gen.OneIn(10) ? 1L << 40 : 15_000,
                _ => 15_000,
            };
            value = gen.Int(8) switch
            {
                0 => gen.AnyDouble(),
                1 => StaleMarker.Value,
                2 or 3 => value,
                _ => double.IsNaN(value) ? gen.Int(9) : value + gen.Int(100),
            };
            startMs = hasStarts && gen.OneIn(20) ? timeMs - gen.Int(1_000_000) : startMs;
        }

        return samples;
    }

    private static string Text(byte[] chunk, out bool corrupt)
    {
        List<string> samples = [];
        Xor2Decoder decoder = new(chunk);
        while (decoder.MoveNext())
        {
            samples.Add(Text(decoder.TimestampMs, decoder.Value));
        }

        corrupt = decoder.Corrupt;
        return string.Join(' ', samples);
    }

    private static string Text(long timeMs, double value) => double.IsNaN(value) && !StaleMarker.IsStale(value)
        ? $"{timeMs}=NaN{BitConverter.DoubleToUInt64Bits(value):x}"
        : $"{timeMs}={value.ToString(CultureInfo.InvariantCulture)}";
}
