using System.Globalization;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Tests.Tsdb.Blocks;

/// <summary>Series in memory, blocks written from them, and both as text to compare.</summary>
internal static class TestBlock
{
    public const string Folder = "/blocks";
    public const long StartMs = 1_700_000_000_000;

    private const int ChunkSamples = 120;

    public static Ulid Name { get; } = Ulid.Create(DateTimeOffset.FromUnixTimeMilliseconds(StartMs), new byte[Ulid.EntropyBytes]);

    public static string PathOf(Ulid ulid) => Path.Combine(Folder, ulid.ToString());

    /// <summary>Series with labels from few and from many values, with regular, irregular and no values worth speaking of.</summary>
    public static SortedDictionary<Labels, List<Sample>> RandomSeries(Gen gen, int maxSeries, int maxSamples = 400)
    {
        SortedDictionary<Labels, List<Sample>> series = [];
        int count = 1 + gen.Int(maxSeries);
        for (int index = 0; index < count; index++)
        {
            LabelsBuilder labels = new();
            labels.Set("__name__", "metric_" + gen.Int(1 + (maxSeries / 8)));
            labels.Set("instance", gen.Text("abcdé\U0001F600", 3));
            labels.Set("pod", gen.Bool() ? "" : "pod-" + gen.Int(10 * maxSeries).ToString(CultureInfo.InvariantCulture));
            labels.Set(gen.Pick("job", "zone", "ä.b"), gen.OneIn(20) ? new string('x', 20_000) : gen.Text("01", 4));
            series[labels.Build()] = RandomSamples(gen, 1 + gen.Int(maxSamples));
        }

        return series;
    }

    public static List<Sample> RandomSamples(Gen gen, int count)
    {
        List<Sample> samples = [];
        long timeMs = StartMs + gen.Int(60_000);
        double value = gen.Int(1000);
        for (int index = 0; index < count; index++)
        {
            samples.Add(new Sample(timeMs, value));
            timeMs += gen.OneIn(10) ? 1 + gen.Int(100_000) : 15_000;
            value = gen.Int(8) switch
            {
                0 => gen.AnyDouble(),
                1 => StaleMarker.Value,
                2 => value,
                _ => value + gen.Int(100),
            };
        }

        return samples;
    }

    /// <summary>Writes a block that holds the series; null without any.</summary>
    public static BlockMeta? Write(
        IFileSystem files,
        string folder,
        Ulid ulid,
        SortedDictionary<Labels, List<Sample>> series,
        long segmentBytes = 512 * 1024 * 1024)
    {
        using BlockWriter writer = BlockWriter.Create(files, folder, ulid, segmentBytes);
        long minTimeMs = long.MaxValue;
        long maxTimeMs = long.MinValue;
        foreach ((Labels labels, List<Sample> samples) in series)
        {
            writer.BeginSeries(labels.Blob);
            for (int first = 0; first < samples.Count; first += ChunkSamples)
            {
                List<Sample> part = samples.GetRange(first, Math.Min(ChunkSamples, samples.Count - first));
                writer.AddChunk(part[0].TimestampMs, part[^1].TimestampMs, ChunkEncoding.Xor, Encode(part));
                minTimeMs = Math.Min(minTimeMs, part[0].TimestampMs);
                maxTimeMs = Math.Max(maxTimeMs, part[^1].TimestampMs + 1);
            }
        }

        return writer.Finish(minTimeMs, maxTimeMs, new BlockCompaction { Level = 1, Sources = [ulid] });
    }

    public static byte[] Encode(List<Sample> samples)
    {
        byte[] bytes = new byte[32 + (samples.Count * XorState.MaxSampleBytes)];
        XorState state = default;
        state.Start(bytes, samples[0].TimestampMs, samples[0].Value);
        for (int index = 1; index < samples.Count; index++)
        {
            state.Append(bytes, samples[index].TimestampMs, samples[index].Value);
        }

        bytes[0] = (byte)(samples.Count >> 8);
        bytes[1] = (byte)samples.Count;
        return bytes[..state.ByteLength];
    }

    public static Block Open(IFileSystem files, Ulid ulid, PageCache? cache = null) =>
        Block.TryOpen(files, PathOf(ulid), cache ?? new PageCache(1 << 20), out Block? block, out BlockCorruptionException? corruption)
            ? block
            : throw corruption;

    /// <summary>The names of all labels in the block's order.</summary>
    public static List<byte[]> LabelNames(Block block)
    {
        TextSet found = new(seed: 0);
        block.FindNames(found);
        return AsTheyCame(found);
    }

    /// <summary>The values of a label in the block's order.</summary>
    public static List<byte[]> LabelValues(Block block, ReadOnlySpan<byte> name)
    {
        TextSet found = new(seed: 0);
        block.FindValues(name, found);
        return AsTheyCame(found);
    }

    /// <summary>What a selection finds, in its own order, one line per series.</summary>
    public static string Dump(
        Block block, IReadOnlyList<Matcher>? matchers = null, long minTimeMs = long.MinValue, long maxTimeMs = long.MaxValue)
    {
        List<string> lines = [];
        SampleColumns samples = new();
        SelectedBlockSeries series = block.Select(matchers ?? [], minTimeMs, maxTimeMs);
        while (series.MoveNext())
        {
            samples.Clear();
            series.Decode(ref samples);
            if (samples.Count > 0)
            {
                lines.Add(TestDatabase.Line(series.Labels, samples.Timestamps, samples.Values));
            }
        }

        return string.Join('\n', lines);
    }

    /// <summary>What it should find.</summary>
    public static string Dump(
        SortedDictionary<Labels, List<Sample>> series,
        IReadOnlyList<Matcher>? matchers = null,
        long minTimeMs = long.MinValue,
        long maxTimeMs = long.MaxValue)
    {
        List<string> lines = [];
        foreach ((Labels labels, List<Sample> samples) in series)
        {
            List<Sample> wanted = samples.FindAll(sample => sample.TimestampMs >= minTimeMs && sample.TimestampMs <= maxTimeMs);
            if (wanted.Count > 0 && (matchers is null || All(matchers, labels)))
            {
                lines.Add(TestDatabase.Line(
                    labels,
                    wanted.ConvertAll(static sample => sample.TimestampMs).ToArray(),
                    wanted.ConvertAll(static sample => sample.Value).ToArray()));
            }
        }

        return string.Join('\n', lines);
    }

    private static List<byte[]> AsTheyCame(TextSet texts)
    {
        List<byte[]> all = [];
        for (int text = 0; text < texts.Count; text++)
        {
            all.Add(texts[text].ToArray());
        }

        return all;
    }

    private static bool All(IReadOnlyList<Matcher> matchers, Labels labels)
    {
        foreach (Matcher matcher in matchers)
        {
            if (!matcher.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }
}
