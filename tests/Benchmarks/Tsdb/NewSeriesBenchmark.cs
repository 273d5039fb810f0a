using AmpEdge.Tsdb;
using AmpEdge.Wal;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Tsdb;

/// <summary>The first sample of 25,000 series in requests of 2,000: labels, index, log description, chunk. Per series.</summary>
[MemoryDiagnoser]
public class NewSeriesBenchmark
{
    private const int SeriesCount = 25_000;

    private readonly byte[][] _raws = SyntheticSeries.RawForms(SeriesCount);
    private string _folder = "";
    private Database? _database;

    [IterationSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("ampedge-new-").FullName;
        _database = Database.Open(_folder, SyntheticSeries.Options, new DiskFileSystem(), TimeProvider.System);
    }

    [IterationCleanup]
    public void Cleanup()
    {
        _database?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = SeriesCount)]
    public void Append() => SyntheticSeries.Append(_database!, _raws, 0, 1);
}
