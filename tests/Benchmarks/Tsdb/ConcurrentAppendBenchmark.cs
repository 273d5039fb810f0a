using AmpEdge.Tsdb;
using AmpEdge.Wal;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Tsdb;

/// <summary>
/// One step of 40,000 known series in requests of 2,000, sent by one writer or by two that have half of the series each.
/// The figure is per sample: with two writers what cores add shows as a smaller one.
/// </summary>
public class ConcurrentAppendBenchmark
{
    private const int SeriesCount = 40_000;

    private string _folder = "";
    private Database? _database;
    private byte[][][] _raws = [];
    private int _step;

    [Params(1, 2)]
    public int Writers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("ampedge-writers-").FullName;
        _database = Database.Open(_folder, SyntheticSeries.Options, new DiskFileSystem(), TimeProvider.System);
        byte[][] raws = SyntheticSeries.RawForms(SeriesCount);
        SyntheticSeries.Append(_database, raws, 0, 130);
        _step = 130;
        _raws = new byte[Writers][][];
        for (int writer = 0; writer < Writers; writer++)
        {
            _raws[writer] = raws[(writer * SeriesCount / Writers)..((writer + 1) * SeriesCount / Writers)];
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _database?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = SeriesCount)]
    public void Append()
    {
        int step = _step++;
        Parallel.For(0, Writers, writer => SyntheticSeries.Append(_database!, _raws[writer], step, 1));
    }
}
