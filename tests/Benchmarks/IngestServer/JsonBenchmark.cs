using AmpEdge.IngestServer.Query;
using AmpEdge.QueryApi;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.IngestServer;

/// <summary>Points of a range answer as JSON: integers as counters have them, and ratios of 17 digits. Per point.</summary>
[MemoryDiagnoser]
public class JsonBenchmark : IDisposable
{
    private const int Points = 10_000;

    private readonly JsonBuffer _json = new();

    [GlobalCleanup]
    public void Dispose()
    {
        _json.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Points)]
    public int Integers()
    {
        _json.Clear();
        for (int point = 0; point < Points; point++)
        {
            _json.Sample(1_700_000_000_000 + (point * 15_000L), point * 1_000.0);
        }

        return _json.Length;
    }

    [Benchmark(OperationsPerInvoke = Points)]
    public int Ratios()
    {
        _json.Clear();
        for (int point = 0; point < Points; point++)
        {
            _json.Sample(1_700_000_000_000 + (point * 15_000L), point / 7.0);
        }

        return _json.Length;
    }
}
