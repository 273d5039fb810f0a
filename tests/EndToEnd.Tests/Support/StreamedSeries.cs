using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>One series of a <see cref="SeededStream"/> and what it has come to.</summary>
public sealed class StreamedSeries(StreamedKind kind, byte[] labelBlock)
{
    private const int Buckets = 12;

    private readonly long[] _counts = new long[Buckets];
    private int _firstBucket = -4;
    private int _schema = 2;
    private long _zeroCount;
    private double _value;

    public StreamedKind Kind { get; } = kind;

    /// <summary>Its labels as they stand in a request.</summary>
    public byte[] LabelBlock { get; } = labelBlock;

    public bool IsNative => Kind is StreamedKind.NativeHistogram or StreamedKind.NativeFloatHistogram;

    /// <summary>False while its target is away.</summary>
    public bool IsOn { get; set; }

    /// <summary>How quickly it grows.</summary>
    public double Scale { get; set; } = 1;

    /// <summary>The time of its newest sample.</summary>
    public long LastMs { get; set; }

    public double NextValue(Gen gen)
    {
        _value = Kind switch
        {
            StreamedKind.Counter => gen.OneIn(150) ? 0 : _value + (gen.OneIn(3) ? 0 : gen.OneIn(4) ? gen.Double() : gen.Int(1000)),
            StreamedKind.Bucket => gen.OneIn(300) ? 0 : _value + Math.Floor(gen.Double() * 5 * Scale),
            StreamedKind.Gauge => gen.OneIn(3) ? _value : Math.Round(_value + gen.Int(-50, 51) * gen.Double(), gen.Int(4)),
            _ => gen.Pick(
                double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, double.MaxValue,
                gen.AnyDouble(), 0.1 + 0.2, 1e21, 1e-7, StaleMarker.NormalNaN),
        };
        return _value;
    }

    /// <summary>Counts have grown, or the histogram has begun anew, perhaps with other buckets.</summary>
    public Histogram NextHistogram(Gen gen)
    {
        if (gen.OneIn(80))
        {
            Array.Clear(_counts);
            _zeroCount = 0;
            _schema = gen.Int(-1, 5);
            _firstBucket = gen.Int(-10, 10);
        }

        for (int observation = gen.Int(6); observation > 0; observation--)
        {
            // Few buckets at first, so that new ones appear in the middle of a chunk.
            _counts[gen.OneIn(5) ? gen.Int(Buckets) : gen.Int(4)] += gen.Int(1, 20);
            _zeroCount += gen.Int(2);
            _value += gen.Double();
        }

        return Kind == StreamedKind.NativeHistogram ? Whole() : Fractions();
    }

    private Histogram Whole()
    {
        Histogram histogram = new() { Schema = _schema, ZeroThreshold = 0.001, ZeroCount = (ulong)_zeroCount, Sum = _value };
        histogram.Count = histogram.ZeroCount;
        AddSpans(histogram.Positive);
        foreach (long count in _counts)
        {
            if (count > 0)
            {
                histogram.Positive.AddCount(count);
                histogram.Count += (ulong)count;
            }
        }

        return histogram;
    }

    private Histogram Fractions()
    {
        const double Part = 0.25;
        Histogram histogram = new()
        {
            IsFloat = true, Schema = _schema, ZeroThreshold = 0.001, FloatZeroCount = _zeroCount * Part, Sum = _value,
        };
        histogram.FloatCount = histogram.FloatZeroCount;
        AddSpans(histogram.Positive);
        foreach (long count in _counts)
        {
            if (count > 0)
            {
                histogram.Positive.AddFloatCount(count * Part);
                histogram.FloatCount += count * Part;
            }
        }

        return histogram;
    }

    /// <summary>One span for each run of buckets that have a count.</summary>
    private void AddSpans(HistogramSide side)
    {
        int next = 0;
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            if (_counts[bucket] == 0)
            {
                continue;
            }

            int first = bucket;
            while (bucket + 1 < Buckets && _counts[bucket + 1] > 0)
            {
                bucket++;
            }

            side.AddSpan(new HistogramSpan(
                next == 0 && side.Spans.IsEmpty ? _firstBucket + first : first - next, (uint)(bucket - first + 1)));
            next = bucket + 1;
        }
    }
}
