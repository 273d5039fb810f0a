using AmpEdge.Tsdb;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Tsdb;

/// <summary>Encoding and decoding XOR chunks of 120 samples; the figure is per sample.</summary>
[MemoryDiagnoser]
public class XorBenchmark
{
    private const int Chunks = 100;
    private const int Samples = 120;

    private readonly byte[] _block = new byte[4096];
    private readonly byte[][] _chunks = new byte[Chunks][];

    /// <summary>The kind of values: constant, integers, hundredths, pages.</summary>
    [Params(0, 2, 3, 4)]
    public int Kind { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        for (int chunk = 0; chunk < Chunks; chunk++)
        {
            int length = EncodeOne((chunk * 5) + Kind);
            _block[0] = 0;
            _block[1] = Samples;
            _chunks[chunk] = _block[..length];
        }
    }

    [Benchmark(OperationsPerInvoke = Chunks * Samples)]
    public int Encode()
    {
        int bytes = 0;
        for (int chunk = 0; chunk < Chunks; chunk++)
        {
            bytes += EncodeOne((chunk * 5) + Kind);
        }

        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Chunks * Samples)]
    public double Decode()
    {
        double sum = 0;
        foreach (byte[] chunk in _chunks)
        {
            XorDecoder decoder = new(chunk);
            while (decoder.MoveNext())
            {
                sum += decoder.Value;
            }
        }

        return sum;
    }

    private int EncodeOne(int series)
    {
        XorState state = default;
        state.Start(_block, SyntheticSeries.StartMs, SyntheticSeries.Value(series, 0));
        for (int step = 1; step < Samples; step++)
        {
            state.Append(
                _block, SyntheticSeries.StartMs + (step * SyntheticSeries.StepMs), SyntheticSeries.Value(series, step));
        }

        return state.ByteLength;
    }
}
