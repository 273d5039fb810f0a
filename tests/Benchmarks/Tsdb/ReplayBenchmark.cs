using AmpEdge.Tsdb;
using AmpEdge.Wal;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Tsdb;

/// <summary>Opening a database whose log holds 100 samples of each of 20,000 series; the figure is per sample.</summary>
[MemoryDiagnoser]
public class ReplayBenchmark
{
    private const int SeriesCount = 20_000;
    private const int Steps = 100;

    private string _folder = "";

    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("ampedge-replay-").FullName;
        using Database database = Database.Open(_folder, SyntheticSeries.Options, new DiskFileSystem(), TimeProvider.System);
        SyntheticSeries.Append(database, SyntheticSeries.RawForms(SeriesCount), 0, Steps);
    }

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [Benchmark(OperationsPerInvoke = SeriesCount * Steps)]
    public long Open()
    {
        using Database database = Database.Open(_folder, SyntheticSeries.Options, new DiskFileSystem(), TimeProvider.System);
        return database.Replay.Samples;
    }
}
