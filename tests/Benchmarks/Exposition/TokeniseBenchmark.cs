using AmpEdge.Prometheus;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Exposition;

/// <summary>Full tokenising of a page of 500 samples: every name, label and value. Bytes a second = <see cref="PageBytes"/> / time.</summary>
[MemoryDiagnoser]
public class TokeniseBenchmark
{
    private const int Samples = 500;

    private readonly byte[] _page = SyntheticPage.Of(Samples, 1);
    private readonly LabelSlots _labels = new();
    private readonly LabelSlots _exemplars = new();
    private byte[] _openMetrics = [];

    /// <summary>Shown so that times can be read as throughput.</summary>
    public int PageBytes => _page.Length;

    [GlobalSetup]
    public void Prepare()
    {
        _openMetrics = [.. _page, .. "# EOF\n"u8];
        Console.WriteLine($"// page: {PageBytes} bytes, {Samples} samples");
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public double Text()
    {
        LineParser<TextGrammar> parser = new(_page, _labels, _exemplars);
        double sum = 0;
        for (ExpositionEntry entry = parser.Next(); entry != ExpositionEntry.EndOfPage; entry = parser.Next())
        {
            sum += entry == ExpositionEntry.Series ? parser.Value + parser.Labels.Count : 0;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public double OpenMetrics()
    {
        LineParser<OpenMetricsGrammar> parser = new(_openMetrics, _labels, _exemplars);
        double sum = 0;
        for (ExpositionEntry entry = parser.Next(); entry != ExpositionEntry.EndOfPage; entry = parser.Next())
        {
            sum += entry == ExpositionEntry.Series ? parser.Value + parser.Labels.Count : 0;
        }

        return sum;
    }
}
