using AmpEdge.Tsdb;
using AmpEdge.Wal;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Tsdb;

/// <summary>
/// Opening a database whose log holds six million samples: of 20,000 series, or of a million, where making the series takes
/// most of the time. The figure is per sample.
/// </summary>
[MemoryDiagnoser]
public class ReplayBenchmark
{
    private const int Samples = 6_000_000;

    private string _folder = "";

    [Params(20_000, 1_000_000)]
    public int Series { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("ampedge-replay-").FullName;
        using Database database = Database.Open(_folder, SyntheticSeries.Options, new DiskFileSystem(), TimeProvider.System);
        SyntheticSeries.Append(database, SyntheticSeries.RawForms(Series), 0, Samples / Series);
    }

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [Benchmark(OperationsPerInvoke = Samples)]
    public long Open()
    {
        using Database database = Database.Open(_folder, SyntheticSeries.Options, new DiskFileSystem(), TimeProvider.System);
        return database.Replay.Samples;
    }
}
