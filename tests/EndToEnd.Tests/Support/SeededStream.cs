using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// What some drawn targets send, as remote write 1.0: counters, gauges and histograms, series that end and come back, gaps,
/// samples that are late or come twice, markers of staleness, and the numbers that are not numbers.
/// </summary>
/// <remarks>Times of samples are even, so that a query at odd ones never meets a sample: whether a range includes its left
/// end differs between versions of PromQL.</remarks>
public sealed class SeededStream
{
    public const int StepMs = 15_000;

    private const int StepsPerRequest = 10;
    private const int MostStepsLate = 20;
    private const int OftenLate = 60;
    private const int OftenRepeated = 60;

    private readonly Gen _gen;
    private readonly int _steps;
    private readonly List<StreamedSeries> _series = [];
    private readonly List<(int DueStep, StreamedSeries Series, long TimestampMs, double Value)> _held = [];
    private readonly ByteBuffer _request = new();
    private readonly ByteBuffer _fields = new();
    private readonly ByteBuffer _message = new();

    public SeededStream(Gen gen, long startMs, int steps)
    {
        _gen = gen;
        _steps = steps;
        StartMs = startMs - (startMs % StepMs);
        for (int target = 0; target < 6; target++)
        {
            AddTarget(target);
        }
    }

    /// <summary>Samples are so late at most.</summary>
    public static TimeSpan Window => TimeSpan.FromMilliseconds(StepMs * (MostStepsLate + 2 + StepsPerRequest));

    public long StartMs { get; }

    /// <summary>No sample is later.</summary>
    public long EndMs => StartMs + ((long)StepMs * (_steps + 1));

    /// <summary>How many samples of floats were made, repetitions included.</summary>
    public int Samples { get; private set; }

    /// <summary>How many native histograms were made, without markers of staleness.</summary>
    public int Histograms { get; private set; }

    /// <summary>The bodies of requests, in the order of their sending.</summary>
    public IEnumerable<byte[]> Bodies()
    {
        for (int step = 0; step < _steps; step++)
        {
            foreach (StreamedSeries series in _series)
            {
                AppendStep(series, step);
            }

            AppendDue(step);
            if ((step + 1) % StepsPerRequest == 0 || step + 1 == _steps)
            {
                yield return TakeBody();
            }
        }

        AppendDue(int.MaxValue);
        yield return TakeBody();
    }

    /// <summary>
    /// Requests of one sample that no store may take, after the stream: another value at the time of the last sample, and one
    /// from before the window.
    /// </summary>
    public IEnumerable<(string What, byte[] Body)> RefusedBodies()
    {
        foreach (StreamedSeries series in _series)
        {
            if (series.LastMs > EndMs - Window.TotalMilliseconds && series.Kind == StreamedKind.Counter && _gen.OneIn(4))
            {
                Append(series, series.LastMs, -12345.5);
                yield return ("another value at the time of the last sample", TakeBody());
                Append(series, StartMs + ((long)StepMs * _gen.Int(2, _steps / 2)) + 2, -12345.5);
                yield return ("a sample from before the window", TakeBody());
            }
        }
    }

    /// <summary>A sample half an hour after all others.</summary>
    public byte[] ClosingBody()
    {
        Append(_series[0], EndMs + (StepMs * 120L), 1);
        return TakeBody();
    }

    private void AddTarget(int target)
    {
        for (int index = 0; index < 6; index++)
        {
            Add(StreamedKind.Counter, $"requests_{index}_total", target);
            Add(StreamedKind.Gauge, $"temperature_{index}", target, "zone", _gen.Pick("süd", "\"quoted\" \\ path", "a\nb", "north"));
        }

        double scale = 1;
        foreach (string bound in (ReadOnlySpan<string>)["0.1", "0.5", "1", "2.5", "10", "+Inf"])
        {
            Add(StreamedKind.Bucket, "duration_seconds_bucket", target, "le", bound).Scale = scale++;
        }

        Add(StreamedKind.Counter, "duration_seconds_sum", target);
        Add(StreamedKind.Bucket, "duration_seconds_count", target).Scale = scale;
        Add(StreamedKind.Odd, "odd", target);
        Add(StreamedKind.NativeHistogram, "native_seconds", target);
        Add(StreamedKind.NativeFloatHistogram, "native_float_seconds", target);
    }

    private StreamedSeries Add(StreamedKind kind, string name, int target, string extraName = "", string extraValue = "")
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal)
        {
            ["__name__"] = name,
            ["instance"] = string.Create(CultureInfo.InvariantCulture, $"10.0.0.{target}:9100"),
            ["job"] = target % 2 == 0 ? "even" : "odd",
        };
        if (extraName.Length > 0)
        {
            labels[extraName] = extraValue;
        }

        ByteBuffer block = new();
        foreach ((string label, string value) in labels)
        {
            WriteRequestV1Writer.AppendLabel(block, Encoding.UTF8.GetBytes(label), Encoding.UTF8.GetBytes(value));
        }

        StreamedSeries series = new(kind, block.Written.ToArray()) { IsOn = !_gen.OneIn(4) };
        _series.Add(series);
        return series;
    }

    private void AppendStep(StreamedSeries series, int step)
    {
        long timestampMs = StartMs + ((long)StepMs * step) + (2 * _gen.Int(StepMs / 4));
        if (_gen.OneIn(120))
        {
            // Most ends are told by a marker, some are not: a target that vanished.
            if (series.IsOn && !_gen.OneIn(3))
            {
                AppendStale(series, timestampMs);
            }

            series.IsOn = !series.IsOn;
            return;
        }

        if (!series.IsOn || _gen.OneIn(25))
        {
            return;
        }

        if (series.IsNative)
        {
            AppendHistogram(series, timestampMs, series.NextHistogram(_gen));
            return;
        }

        double value = series.NextValue(_gen);
        if (_gen.OneIn(OftenLate))
        {
            _held.Add((step + 1 + _gen.Int(MostStepsLate), series, timestampMs, value));
            return;
        }

        Append(series, timestampMs, value);
        if (_gen.OneIn(OftenRepeated))
        {
            Append(series, timestampMs, value);
        }

        if (_gen.OneIn(OftenRepeated))
        {
            // Again, when there are later ones.
            _held.Add((step + 1 + _gen.Int(MostStepsLate), series, timestampMs, value));
        }
    }

    private void AppendStale(StreamedSeries series, long timestampMs)
    {
        if (series.IsNative)
        {
            Histogram stale = new() { Sum = StaleMarker.Value, IsFloat = series.Kind == StreamedKind.NativeFloatHistogram };
            AppendHistogram(series, timestampMs, stale);
            return;
        }

        Append(series, timestampMs, StaleMarker.Value);
    }

    private void AppendDue(int step)
    {
        foreach ((int dueStep, StreamedSeries series, long timestampMs, double value) in _held)
        {
            if (dueStep <= step)
            {
                Append(series, timestampMs, value);
            }
        }

        _held.RemoveAll(held => held.DueStep <= step);
    }

    private void Append(StreamedSeries series, long timestampMs, double value)
    {
        Samples++;
        series.LastMs = Math.Max(series.LastMs, timestampMs);
        WriteRequestV1Writer.AppendTimeSeries(_request, series.LabelBlock, timestampMs, value);
    }

    private void AppendHistogram(StreamedSeries series, long timestampMs, Histogram histogram)
    {
        Histograms += histogram.IsStale ? 0 : 1;
        _message.Clear();
        _fields.Clear();
        HistogramMessageWriter.Write(_message, histogram, timestampMs);
        WriteRequestV1Writer.AppendHistogram(_fields, _message.Written);
        WriteRequestV1Writer.AppendTimeSeries(_request, series.LabelBlock, _fields.Written);
    }

    private byte[] TakeBody()
    {
        byte[] body = new byte[Snappy.MaxEncodedLength(_request.Length)];
        Array.Resize(ref body, Snappy.Encode(_request.Written, body));
        _request.Clear();
        return body;
    }
}
