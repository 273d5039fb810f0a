using AmpEdge.Tsdb;
using AmpEdge.Wal;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Tsdb;

/// <summary>
/// One step of 25,000 known series in requests of 2,000: lookup, order check, log record, write(2), XOR append. The
/// figure is per sample; the shuffled order makes every guess of the next series miss.
/// </summary>
[MemoryDiagnoser]
public class AppendBenchmark
{
    private const int SeriesCount = 25_000;

    private string _folder = "";
    private Database? _database;
    private byte[][] _raws = [];
    private byte[][] _shuffled = [];
    private int _step;

    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("ampedge-append-").FullName;
        _database = Database.Open(_folder, SyntheticSeries.Options, new DiskFileSystem(), TimeProvider.System);
        _raws = SyntheticSeries.RawForms(SeriesCount);
        _shuffled = [.. _raws];
        SyntheticSeries.Append(_database, _raws, 0, 130);
        _step = 130;
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _database?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = SeriesCount, Baseline = true)]
    public void SameOrder() => SyntheticSeries.Append(_database!, _raws, _step++, 1);

    [IterationSetup(Target = nameof(OtherOrder))]
    public void Shuffle() => new Random(_step).Shuffle(_shuffled);

    [Benchmark(OperationsPerInvoke = SeriesCount)]
    public void OtherOrder() => SyntheticSeries.Append(_database!, _shuffled, _step++, 1);
}
