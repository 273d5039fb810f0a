using AmpEdge.Tsdb;
using AmpEdge.Wal;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Tsdb;

/// <summary>
/// Opening and closing a database of 100 samples of each of 20,000 series by its snapshot; the figure is per sample and
/// has to be compared with <see cref="ReplayBenchmark"/>, which opens only.
/// </summary>
public class SnapshotBenchmark
{
    private const int SeriesCount = 20_000;
    private const int Steps = 100;

    private static readonly DatabaseOptions s_options = SyntheticSeries.Options with { SnapshotOnClose = true };

    private string _folder = "";

    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("ampedge-snapshot-").FullName;
        using Database database = Database.Open(_folder, s_options, new DiskFileSystem(), TimeProvider.System);
        SyntheticSeries.Append(database, SyntheticSeries.RawForms(SeriesCount), 0, Steps);
    }

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [Benchmark(OperationsPerInvoke = SeriesCount * Steps)]
    public long OpenAndClose()
    {
        using Database database = Database.Open(_folder, s_options, new DiskFileSystem(), TimeProvider.System);
        return database.Replay.FromSnapshot ? database.SeriesCount : throw new InvalidOperationException("no snapshot");
    }
}
