using AmpEdge.PromQL;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.PromQL;

/// <summary>Queries over 1,000 counters, an hour at 15 s: the store's part is a copy, so this is the engine's part.</summary>
[MemoryDiagnoser]
public class RangeQueryBenchmarks : IDisposable
{
    private const int SeriesCount = 1_000;
    private const long IntervalMs = 15_000;
    private const long StartMs = 3_600_000;
    private const long EndMs = 2 * 3_600_000;

    private readonly Engine _engine = new(new EngineOptions(), TimeProvider.System);
    private readonly ColumnQueryable _data = new(SeriesCount, IntervalMs, EndMs);

    /// <summary>The step of the query in seconds: 15 gives 241 steps, 60 gives 61.</summary>
    [Params(15, 60)]
    public int StepSeconds { get; set; }

    [Benchmark]
    public Task<QueryResult> Rate() => RangeAsync("rate(requests_total[5m])");

    [Benchmark]
    public Task<QueryResult> SumByJobOfRate() => RangeAsync("sum by (job) (rate(requests_total[5m]))");

    [Benchmark]
    public Task<QueryResult> SumOfSelector() => RangeAsync("sum(requests_total)");

    [Benchmark]
    public Task<QueryResult> Ratio() => RangeAsync("requests_total / on (instance, job) requests_total");

    [Benchmark]
    public Task<QueryResult> MaxOverTime() => RangeAsync("max_over_time(requests_total[5m])");

    [Benchmark]
    public Task<QueryResult> TopK() => RangeAsync("topk(5, requests_total)");

    [GlobalCleanup]
    public void Dispose()
    {
        _engine.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task<QueryResult> RangeAsync(string query) => _engine.RangeAsync(
        _data, query, StartMs, EndMs, StepSeconds * 1000L, QueryOptions.Default, CancellationToken.None);
}
