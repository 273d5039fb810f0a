using AmpEdge.Prometheus;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.RemoteWrite;

/// <summary>Reading and writing remote write 1.0 messages; divide by 2,000 and 20,000 for the time per sample.</summary>
[MemoryDiagnoser]
public class WriteRequestV1Benchmarks
{
    private readonly byte[] _many = WriteRequestSample.Message(2000, 1);
    private readonly byte[] _long = WriteRequestSample.Message(200, 100);
    private readonly byte[][] _blocks = WriteRequestSample.LabelBlocks(2000);
    private readonly ByteBuffer _request = new(1 << 20);

    [Benchmark(OperationsPerInvoke = 2000)]
    public double Decode_2000_series_of_one_sample_with_labels() => Walk(_many, labels: true);

    [Benchmark(OperationsPerInvoke = 2000)]
    public double Decode_2000_series_of_one_sample() => Walk(_many, labels: false);

    [Benchmark(OperationsPerInvoke = 20_000)]
    public double Decode_200_series_of_100_samples() => Walk(_long, labels: true);

    [Benchmark(OperationsPerInvoke = 2000)]
    public int Encode_2000_series_of_one_sample()
    {
        _request.Clear();
        long time = 1_795_344_146_821;
        foreach (byte[] block in _blocks)
        {
            WriteRequestV1Writer.AppendTimeSeries(_request, block, time, time);
        }

        return _request.Length;
    }

    private static double Walk(byte[] message, bool labels)
    {
        double sum = 0;
        WriteRequestV1Reader reader = new(message);
        while (reader.Next() == WriteRequestItem.TimeSeries)
        {
            TimeSeriesV1 series = reader.TimeSeries;
            if (labels)
            {
                LabelPairsV1 pairs = series.Labels;
                while (pairs.MoveNext())
                {
                    sum += pairs.Name.Length + pairs.Value.Length;
                }
            }

            SamplesV1 samples = series.Samples;
            while (samples.MoveNext())
            {
                sum += samples.Value + samples.TimestampMs;
            }
        }

        return sum;
    }
}
