using AmpEdge.Benchmarks.Tsdb;
using AmpEdge.Prometheus;

namespace AmpEdge.Benchmarks.Ingest;

/// <summary>
/// The bodies of remote write 1.0, Snappy included, made before anything is measured: each step is one sample of every series,
/// 2,000 of them a request.
/// </summary>
internal sealed class EncodedSteps
{
    public const int RequestSamples = 2_000;

    private readonly byte[][][] _steps;

    private EncodedSteps(byte[][][] steps, IngestSize size, long firstMs, long stepMs)
    {
        _steps = steps;
        Size = size;
        FirstMs = firstMs;
        LastMs = firstMs + (stepMs * (steps.Length - 1));
    }

    public IngestSize Size { get; }

    public int Count => _steps.Length;

    public long FirstMs { get; }

    public long LastMs { get; }

    /// <param name="size">How much.</param>
    /// <param name="lastMs">The time of the last step.</param>
    /// <param name="step">Between two.</param>
    public static EncodedSteps Encode(IngestSize size, long lastMs, TimeSpan step)
    {
        byte[][] labels = SyntheticSeries.RawForms(size.Series);
        byte[][][] steps = new byte[size.Steps][][];
        long stepMs = (long)step.TotalMilliseconds;
        long firstMs = lastMs - (stepMs * (size.Steps - 1));
        for (int number = 0; number < size.Steps; number++)
        {
            steps[number] = EncodeStep(labels, number, firstMs + (stepMs * number));
        }

        return new EncodedSteps(steps, size, firstMs, stepMs);
    }

    /// <summary>The bodies of a step.</summary>
    public ReadOnlySpan<byte[]> this[int step] => _steps[step];

    /// <summary>How many samples a body has.</summary>
    public int SamplesOf(int request) => Math.Min(RequestSamples, Size.Series - (request * RequestSamples));

    private static byte[][] EncodeStep(byte[][] labels, int step, long timestampMs)
    {
        byte[][] bodies = new byte[(labels.Length + RequestSamples - 1) / RequestSamples][];
        ByteBuffer message = new();
        for (int request = 0; request < bodies.Length; request++)
        {
            message.Clear();
            int end = Math.Min(labels.Length, (request + 1) * RequestSamples);
            for (int series = request * RequestSamples; series < end; series++)
            {
                WriteRequestV1Writer.AppendTimeSeries(message, labels[series], timestampMs, SyntheticSeries.Value(series, step));
            }

            byte[] body = new byte[Snappy.MaxEncodedLength(message.Length)];
            bodies[request] = body.AsSpan(0, Snappy.Encode(message.Written, body)).ToArray();
        }

        return bodies;
    }
}
