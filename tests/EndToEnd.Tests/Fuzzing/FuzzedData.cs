using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>
/// Two hours of samples to ask about: counters with resets, gauges, a classic histogram, series that end with a marker or
/// without one and come back, gaps, late samples, NaN, infinities and negative zero. As requests of remote write 1.0.
/// </summary>
/// <remarks>
/// Samples stand at odd milliseconds and queries ask at even ones, so that no sample is at the very edge of a window, which
/// belongs to it or not depending on the version. All values are multiples of a quarter, so that most sums are exact.
/// Counters stay far above zero: the extrapolation towards zero differs between versions where a series begins.
/// </remarks>
public sealed class FuzzedData
{
    private const int StepMs = 15_000;
    private const int Steps = 480;
    private const int StepsPerRequest = 10;
    private const int MostStepsLate = 20;
    private const double LeastCount = 200_000;

    private readonly Gen _gen;
    private readonly ByteBuffer _request = new();
    private readonly List<(int DueStep, byte[] Labels, long TimestampMs, double Value)> _held = [];
    private readonly List<FuzzedSeries> _series = [];

    public FuzzedData(Gen gen, long startMs)
    {
        _gen = gen;
        StartMs = startMs;
        foreach (string job in (ReadOnlySpan<string>)["a", "b"])
        {
            for (int instance = 0; instance < (job == "a" ? 3 : 2); instance++)
            {
                AddTarget(job, instance.ToString(CultureInfo.InvariantCulture));
            }
        }

        for (int index = 0; index < 4; index++)
        {
            Add(FuzzedKind.Odd, "odd", "instance", index.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Samples are so late at most, a request included.</summary>
    public static TimeSpan Window => TimeSpan.FromMilliseconds(StepMs * (MostStepsLate + 2 + StepsPerRequest));

    /// <summary>The time of the first samples, a whole hour.</summary>
    public long StartMs { get; }

    /// <summary>No sample is later.</summary>
    public long EndMs => StartMs + (Steps * (long)StepMs);

    /// <summary>The bodies of requests, in the order of their sending.</summary>
    public IEnumerable<byte[]> Bodies()
    {
        for (int step = 0; step < Steps; step++)
        {
            foreach (FuzzedSeries series in _series)
            {
                AppendStep(series, step);
            }

            AppendDue(step);
            if ((step + 1) % StepsPerRequest == 0)
            {
                yield return TakeBody();
            }
        }

        AppendDue(int.MaxValue);
        yield return TakeBody();
    }

    private void AddTarget(string job, string instance)
    {
        string[] target = ["job", job, "instance", instance];
        foreach (string code in (ReadOnlySpan<string>)["200", "500"])
        {
            Add(FuzzedKind.Counter, "requests_total", [.. target, "code", code]);
        }

        Add(FuzzedKind.Counter, "errors_total", target);
        Add(FuzzedKind.Gauge, "temp", [.. target, "zone", job == "a" ? "x" : "y"]);
        Add(FuzzedKind.Level, "level", target);
        Add(FuzzedKind.One, "up", target);
        Add(FuzzedKind.One, "build", [.. target, "version", "1." + instance]);
        Add(FuzzedKind.Sparse, "sparse", target);
        double scale = 1;
        foreach (string bound in (ReadOnlySpan<string>)["0.1", "0.5", "1", "2.5", "10", "+Inf"])
        {
            Add(FuzzedKind.Bucket, "dur_bucket", [.. target, "le", bound]).Scale = scale++;
        }

        Add(FuzzedKind.Counter, "dur_sum", target);
        Add(FuzzedKind.Bucket, "dur_count", target).Scale = scale;
    }

    private FuzzedSeries Add(FuzzedKind kind, string name, params ReadOnlySpan<string> namesAndValues)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal) { ["__name__"] = name };
        for (int index = 0; index < namesAndValues.Length; index += 2)
        {
            labels.Add(namesAndValues[index], namesAndValues[index + 1]);
        }

        ByteBuffer block = new();
        foreach ((string label, string value) in labels)
        {
            WriteRequestV1Writer.AppendLabel(block, Encoding.UTF8.GetBytes(label), Encoding.UTF8.GetBytes(value));
        }

        FuzzedSeries series = new(kind, block.Written.ToArray(), LeastCount);
        _series.Add(series);
        return series;
    }

    private void AppendStep(FuzzedSeries series, int step)
    {
        long timestampMs = StartMs + ((long)StepMs * step) + (2 * _gen.Int(StepMs / 4)) + 1;
        if (_gen.OneIn(150))
        {
            // Most ends are told by a marker, some are not.
            if (series.IsOn && !_gen.OneIn(3))
            {
                Append(series.LabelBlock, timestampMs, StaleMarker.Value);
            }

            series.IsOn = !series.IsOn;
            return;
        }

        bool isDue = series.Kind != FuzzedKind.Sparse || step % 18 == 0;
        if (!series.IsOn || !isDue || _gen.OneIn(25))
        {
            return;
        }

        double value = series.NextValue(_gen);
        if (_gen.OneIn(60))
        {
            _held.Add((step + 1 + _gen.Int(MostStepsLate), series.LabelBlock, timestampMs, value));
            return;
        }

        Append(series.LabelBlock, timestampMs, value);
    }

    private void AppendDue(int step)
    {
        foreach ((int dueStep, byte[] labels, long timestampMs, double value) in _held)
        {
            if (dueStep <= step)
            {
                Append(labels, timestampMs, value);
            }
        }

        _held.RemoveAll(held => held.DueStep <= step);
    }

    private void Append(byte[] labels, long timestampMs, double value) =>
        WriteRequestV1Writer.AppendTimeSeries(_request, labels, timestampMs, value);

    private byte[] TakeBody()
    {
        byte[] body = new byte[Snappy.MaxEncodedLength(_request.Length)];
        Array.Resize(ref body, Snappy.Encode(_request.Written, body));
        _request.Clear();
        return body;
    }
}
