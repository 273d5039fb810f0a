using AmpEdge.Prometheus;

namespace AmpEdge.Tests.Support;

/// <summary>Histories of native histograms: counters and gauges, resets, new and vanished buckets, markers of the end.</summary>
public sealed class RandomHistograms
{
    private readonly Gen _gen;
    private readonly bool _isFloat;
    private readonly bool _isGauge;
    private readonly SortedDictionary<int, long> _positive = [];
    private readonly SortedDictionary<int, long> _negative = [];
    private int _schema;
    private double _threshold;
    private long _zeroCount;
    private double[] _bounds = [];

    private readonly bool _customBounds;

    /// <param name="gen">Where chance comes from.</param>
    /// <param name="isFloat">Whether counts are floats.</param>
    /// <param name="customBounds">Whether some have bounds of their own, which older versions of Prometheus do not know.</param>
    public RandomHistograms(Gen gen, bool isFloat, bool customBounds = true)
    {
        _gen = gen;
        _isFloat = isFloat;
        _customBounds = customBounds;
        _isGauge = gen.OneIn(3);
        NewShape();
    }

    public Histogram Next()
    {
        switch (_gen.Int(24))
        {
            case 0:
                NewShape();
                break;
            case 1:
                Restart();
                break;
            case 2:
                return new Histogram { Sum = StaleMarker.Value, IsFloat = _isFloat };
            default:
                break;
        }

        Grow(_positive, _gen.Int(4));
        Grow(_negative, _schema == FloatHistogram.CustomBucketsSchema ? 0 : _gen.Int(3));
        _zeroCount += _gen.Int(5);
        if (_isGauge && _gen.OneIn(4) && _positive.Count > 0)
        {
            foreach (int index in new List<int>(_positive.Keys).GetRange(0, 1))
            {
                _positive.Remove(index);
            }
        }

        return Make();
    }

    /// <summary>
    /// One of another shape that counts more than all before: it begins a chunk of which nothing is known. Prometheus 2.42 takes
    /// no snapshot of an open chunk that began with a reset.
    /// </summary>
    public Histogram Last()
    {
        const long Many = 1L << 52;
        Histogram histogram = new() { IsFloat = _isFloat, Schema = _schema == 3 ? 4 : 3, Sum = 1 };
        histogram.Positive.AddSpan(new HistogramSpan(0, 1));
        if (_isFloat)
        {
            histogram.FloatCount = Many;
            histogram.Positive.AddFloatCount(Many);
        }
        else
        {
            histogram.Count = Many;
            histogram.Positive.AddCount(Many);
        }

        return histogram;
    }

    public static string Describe(long timestampMs, Histogram histogram)
    {
        string Buckets(HistogramSide side)
        {
            // Buckets of nothing may be there or not.
            SortedDictionary<long, string> buckets = [];
            long index = 0;
            int place = 0;
            foreach (HistogramSpan span in side.Spans)
            {
                index += span.Offset;
                for (uint bucket = 0; bucket < span.Length; bucket++, index++, place++)
                {
                    double count = histogram.IsFloat ? side.FloatCounts[place] : side.Counts[place];
                    if (count != 0)
                    {
                        buckets.Add(index, $"{index}:{BitConverter.DoubleToInt64Bits(count):x}");
                    }
                }
            }

            return string.Join(',', buckets.Values);
        }

        return histogram.IsStale
            ? $"{timestampMs} stale {histogram.IsFloat}"
            : $"{timestampMs} {histogram.IsFloat} {histogram.Schema} {histogram.ZeroThreshold:R} {histogram.Count} {histogram.ZeroCount} "
                + $"{histogram.FloatCount:R} {histogram.FloatZeroCount:R} {BitConverter.DoubleToInt64Bits(histogram.Sum):x} "
                + $"[{string.Join(',', histogram.CustomValues.ToArray())}] +{Buckets(histogram.Positive)} -{Buckets(histogram.Negative)}";
    }

    private void NewShape()
    {
        _schema = _customBounds && _gen.OneIn(5) ? FloatHistogram.CustomBucketsSchema : _gen.Int(Histogram.MinSchema, Histogram.MaxSchema + 1);
        _bounds = [];
        _threshold = 0;
        if (_schema == FloatHistogram.CustomBucketsSchema)
        {
            _bounds = new double[1 + _gen.Int(12)];
            double bound = _gen.Pick(-1, 0, 0.001, 0.3, 30000, 1e9);
            for (int index = 0; index < _bounds.Length; index++)
            {
                _bounds[index] = bound;
                bound += _gen.Pick(0.005, 0.1, 1, 1.0 / 3, 10_000);
            }
        }
        else
        {
            _threshold = _gen.Pick(0, Math.ScaleB(1, -128), Math.ScaleB(1, -243), Math.ScaleB(1, -244), 1024, 2048, 0.001, 0.5);
        }

        Restart();
    }

    private void Restart()
    {
        _positive.Clear();
        _negative.Clear();
        _zeroCount = 0;
    }

    private void Grow(SortedDictionary<int, long> side, int buckets)
    {
        for (; buckets > 0; buckets--)
        {
            int index = _schema == FloatHistogram.CustomBucketsSchema ? _gen.Int(_bounds.Length + 1) : _gen.Int(-20, 40);
            side[index] = side.GetValueOrDefault(index) + (_gen.OneIn(10) ? _gen.Int(1_000_000_000) : _gen.Int(50));
        }
    }

    private Histogram Make()
    {
        Histogram histogram = new()
        {
            IsFloat = _isFloat,
            Schema = _schema,
            ZeroThreshold = _threshold,
            Sum = _gen.OneIn(10) ? _gen.AnyDouble() : _gen.Double() * 1000,
            CounterResetHint = _isGauge ? CounterResetHint.Gauge : CounterResetHint.Unknown,
        };
        long count = _zeroCount + Fill(histogram.Positive, _positive) + Fill(histogram.Negative, _negative);
        if (_isFloat)
        {
            histogram.FloatCount = count * 1.5;
            histogram.FloatZeroCount = _zeroCount * 1.5;
        }
        else
        {
            histogram.Count = (ulong)count;
            histogram.ZeroCount = (ulong)_zeroCount;
        }

        foreach (double bound in _bounds)
        {
            histogram.AddCustomValue(bound);
        }

        return histogram;
    }

    private long Fill(HistogramSide side, SortedDictionary<int, long> buckets)
    {
        long sum = 0;
        int next = 0;
        HistogramSpan span = default;
        bool any = false;
        foreach ((int index, long count) in buckets)
        {
            if (any && index == next)
            {
                span = span with { Length = span.Length + 1 };
            }
            else
            {
                if (any)
                {
                    side.AddSpan(span);
                }

                span = new HistogramSpan(index - next, 1);
                any = true;
            }

            next = index + 1;
            sum += count;
            if (_isFloat)
            {
                side.AddFloatCount(count * 1.5);
            }
            else
            {
                side.AddCount(count);
            }
        }

        if (any)
        {
            side.AddSpan(span);
        }

        return sum;
    }
}
