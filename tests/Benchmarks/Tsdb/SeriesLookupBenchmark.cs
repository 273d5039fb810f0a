using AmpEdge.Prometheus;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Tsdb;

/// <summary>Finding a known series by its raw label bytes, 25,000 of them in turn: guessed, and by hash alone.</summary>
[MemoryDiagnoser]
public class SeriesLookupBenchmark
{
    private const int SeriesCount = 25_000;

    private string _folder = "";
    private Database? _database;
    private Appender? _appender;
    private byte[][] _raws = [];
    private byte[][] _shuffled = [];

    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("ampedge-lookup-").FullName;
        _database = Database.Open(_folder, SyntheticSeries.Options, new DiskFileSystem(), TimeProvider.System);
        _raws = SyntheticSeries.RawForms(SeriesCount);
        SyntheticSeries.Append(_database, _raws, 0, 1);
        _shuffled = [.. _raws];
        new Random(1).Shuffle(_shuffled);
        _appender = _database.NewAppender();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _appender?.Dispose();
        _database?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = SeriesCount, Baseline = true)]
    public uint Guessed() => FindAll(_raws);

    /// <summary>The order changes with every call, so the remembered follower is wrong.</summary>
    [Benchmark(OperationsPerInvoke = SeriesCount)]
    public uint ByHash()
    {
        uint last = FindAll(_shuffled);
        Array.Reverse(_shuffled);
        return last;
    }

    private uint FindAll(byte[][] raws)
    {
        SeriesRef last = SeriesRef.None;
        foreach (byte[] raw in raws)
        {
            _appender!.TryGetSeries(raw, out last);
        }

        return last.Value;
    }
}
