using AmpEdge.Prometheus;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Tsdb;

/// <summary>Selections out of 100,000 series with 120 samples each.</summary>
[MemoryDiagnoser]
public class SelectBenchmark
{
    private const int SeriesCount = 100_000;

    private string _folder = "";
    private Database? _database;
    private SampleColumns _samples = new();

    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("ampedge-select-").FullName;
        _database = Database.Open(_folder, SyntheticSeries.Options, new DiskFileSystem(), TimeProvider.System);
        SyntheticSeries.Append(_database, SyntheticSeries.RawForms(SeriesCount), 0, 120);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _database?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>500 series found, no sample decoded.</summary>
    [Benchmark]
    public int FindOneMetric() => Walk(SyntheticSeries.OneMetric, decode: false);

    /// <summary>Intersection with a scan of 500 values, and a subtraction.</summary>
    [Benchmark]
    public int FindByRegex() => Walk(SyntheticSeries.MetricAndRegex, decode: false);

    /// <summary>Three posting lists, two of them long.</summary>
    [Benchmark]
    public int Intersect() => Walk(SyntheticSeries.Intersection, decode: false);

    /// <summary>The 500 values of a label.</summary>
    [Benchmark]
    public int LabelValues()
    {
        using DatabaseQuerier querier = _database!.NewQuerier();
        return querier.LabelValues("pod", [], long.MinValue, long.MaxValue).Count;
    }

    /// <summary>500 series, 60,000 samples decoded.</summary>
    [Benchmark]
    public int DecodeOneMetric() => Walk(SyntheticSeries.OneMetric, decode: true);

    private int Walk(Matcher[] matchers, bool decode)
    {
        int found = 0;
        using DatabaseQuerier querier = _database!.NewQuerier();
        SelectedSeries series = querier.Select(matchers, long.MinValue, long.MaxValue);
        while (series.MoveNext())
        {
            found++;
            if (decode)
            {
                _samples.Clear();
                series.Decode(ref _samples);
                found += _samples.Count;
            }
        }

        return found;
    }
}
