using System.Globalization;
using AmpEdge.Prometheus;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Exposition;

/// <summary>One number of a page, by its form, against the runtime's parser.</summary>
[MemoryDiagnoser]
public class FloatParserBenchmark
{
    private byte[] _text = [];

    [Params("7", "12345.67", "1.234567891e+09", "0.12345678901234567")]
    public string Number { get; set; } = "";

    [GlobalSetup]
    public void Prepare() => _text = System.Text.Encoding.ASCII.GetBytes(Number);

    [Benchmark]
    public double Ours() => FloatParser.TryParse(_text, out double value) ? value : throw new InvalidOperationException();

    [Benchmark(Baseline = true)]
    public double Runtime() => double.Parse(_text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
