using AmpEdge.Prometheus;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Tsdb;

/// <summary>Selections out of a block of 100,000 series with a chunk of 120 samples each, its pages in the cache.</summary>
[MemoryDiagnoser]
public class BlockBenchmark
{
    private const int SeriesCount = 100_000;
    private const int Samples = 120;

    private string _folder = "";
    private Block? _block;
    private SampleColumns _samples = new();

    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("ampedge-block-").FullName;
        DiskFileSystem files = new();
        Ulid ulid = new(1, 1);
        Write(files, ulid);
        if (!Block.TryOpen(files, Path.Combine(_folder, ulid.ToString()), new PageCache(256 << 20), out _block, out BlockCorruptionException? corruption))
        {
            throw corruption;
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _block?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Three posting lists, two of them long, each read and checked; no series.</summary>
    [Benchmark]
    public SelectedBlockSeries Intersect() => _block!.Select(SyntheticSeries.Intersection, long.MinValue, long.MaxValue);

    /// <summary>A list, a walk over all values of a label, and a subtraction; no series.</summary>
    [Benchmark]
    public SelectedBlockSeries IntersectRegex() => _block!.Select(SyntheticSeries.MetricAndRegex, long.MinValue, long.MaxValue);

    /// <summary>500 series with their labels, no sample decoded.</summary>
    [Benchmark]
    public int ReadSeries() => Walk(decode: false);

    /// <summary>500 series, 60,000 samples decoded.</summary>
    [Benchmark]
    public int ReadSamples() => Walk(decode: true);

    [Benchmark]
    public int LabelValues()
    {
        TextSet values = new(seed: 0);
        _block!.FindValues("pod"u8, values);
        return values.Count;
    }

    private int Walk(bool decode)
    {
        int found = 0;
        SelectedBlockSeries series = _block!.Select(SyntheticSeries.OneMetric, long.MinValue, long.MaxValue);
        while (series.MoveNext())
        {
            found += series.LabelsBlob.Length;
            if (decode)
            {
                _samples.Clear();
                series.Decode(ref _samples);
                found += _samples.Count;
            }
        }

        return found;
    }

    private void Write(DiskFileSystem files, Ulid ulid)
    {
        List<Labels> all = [];
        for (int index = 0; index < SeriesCount; index++)
        {
            all.Add(SyntheticSeries.LabelsOf(index));
        }

        all.Sort();
        byte[] chunk = new byte[4096];
        using BlockWriter writer = BlockWriter.Create(files, _folder, ulid);
        for (int series = 0; series < all.Count; series++)
        {
            XorState state = default;
            state.Start(chunk, SyntheticSeries.StartMs, SyntheticSeries.Value(series, 0));
            for (int step = 1; step < Samples; step++)
            {
                state.Append(chunk, SyntheticSeries.StartMs + (step * SyntheticSeries.StepMs), SyntheticSeries.Value(series, step));
            }

            chunk[1] = Samples;
            writer.BeginSeries(all[series].Blob);
            writer.AddChunk(SyntheticSeries.StartMs, state.TimestampMs, ChunkEncoding.Xor, chunk.AsSpan(0, state.ByteLength));
        }

        writer.Finish(
            SyntheticSeries.StartMs, SyntheticSeries.StartMs + (Samples * SyntheticSeries.StepMs), new BlockCompaction { Level = 1 });
    }
}
