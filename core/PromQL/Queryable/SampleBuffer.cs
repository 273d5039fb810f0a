using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The decoded samples of one series as columns, ascending in time. Reused from series to series, so that a query
/// allocates for its largest series only. Native histograms are one more column, which is there when a series has some.
/// </summary>
public sealed class SampleBuffer
{
    private const int InitialCapacity = 256;

    private long[] _timestamps = new long[InitialCapacity];
    private double[] _values = new double[InitialCapacity];
    private FloatHistogram?[] _histograms = [];
    private bool _hasHistograms;

    /// <summary>How many samples are held.</summary>
    public int Count { get; private set; }

    /// <summary>Sample times in milliseconds since the epoch.</summary>
    public ReadOnlySpan<long> Timestamps => _timestamps.AsSpan(0, Count);

    /// <summary>The floats; where a histogram is, the staleness marker, which stands for no float.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    /// <summary>The histograms, null where a float is; empty when there is none at all.</summary>
    public ReadOnlySpan<FloatHistogram?> Histograms => _hasHistograms ? _histograms.AsSpan(0, Count) : default;

    public void Clear()
    {
        Count = 0;
        if (_hasHistograms)
        {
            Array.Clear(_histograms);
            _hasHistograms = false;
        }
    }

    /// <summary>Appends a native histogram, which the buffer keeps.</summary>
    public void Append(long timestampMs, FloatHistogram histogram)
    {
        Append(timestampMs, StaleMarker.Value);
        _hasHistograms = true;
        if (_histograms.Length < _timestamps.Length)
        {
            Array.Resize(ref _histograms, _timestamps.Length);
        }

        _histograms[Count - 1] = histogram;
    }

    public void Append(long timestampMs, double value)
    {
        if (Count == _timestamps.Length)
        {
            Grow(Count + 1);
        }

        _timestamps[Count] = timestampMs;
        _values[Count] = value;
        Count++;
    }

    /// <summary>Appends columns of equal length.</summary>
    public void Append(ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, timestamps.Length);
        if (timestamps.Length > _timestamps.Length - Count)
        {
            Grow(Count + timestamps.Length);
        }

        timestamps.CopyTo(_timestamps.AsSpan(Count));
        values.CopyTo(_values.AsSpan(Count));
        Count += timestamps.Length;
    }

    /// <summary>
    /// Room for up to <paramref name="count"/> samples, for a decoder that writes columns; what it wrote becomes
    /// visible with <see cref="Advance(int)"/>.
    /// </summary>
    public void Reserve(int count, out Span<long> timestamps, out Span<double> values)
    {
        if (count > _timestamps.Length - Count)
        {
            Grow(Count + count);
        }

        timestamps = _timestamps.AsSpan(Count, count);
        values = _values.AsSpan(Count, count);
    }

    /// <summary>Takes in samples written after <see cref="Reserve"/>.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _timestamps.Length - Count);
        Count += count;
    }

    /// <summary>Takes in some of the samples written after <see cref="Reserve"/>, from a place on.</summary>
    public void Advance(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, _timestamps.Length - Count);
        if (first > 0)
        {
            _timestamps.AsSpan(Count + first, count).CopyTo(_timestamps.AsSpan(Count));
            _values.AsSpan(Count + first, count).CopyTo(_values.AsSpan(Count));
        }

        Count += count;
    }

    /// <summary>Takes over all samples of another buffer and leaves it empty; this one has to be.</summary>
    internal void TakeFrom(SampleBuffer other)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(Count, 0);
        (_timestamps, other._timestamps) = (other._timestamps, _timestamps);
        (_values, other._values) = (other._values, _values);
        (_histograms, other._histograms) = (other._histograms, _histograms);
        (_hasHistograms, other._hasHistograms) = (other._hasHistograms, _hasHistograms);
        (Count, other.Count) = (other.Count, 0);
    }

    /// <summary>Removes staleness markers, for which range selectors have no use.</summary>
    internal void RemoveStale()
    {
        // Most series have none.
        int kept = MemoryMarshal.Cast<double, ulong>(_values.AsSpan(0, Count)).IndexOf(StaleMarker.Bits);
        if (kept < 0)
        {
            return;
        }

        for (int index = kept; index < Count; index++)
        {
            FloatHistogram? histogram = _hasHistograms ? _histograms[index] : null;
            bool isHistogram = histogram is { IsStale: false };
            if (isHistogram || !StaleMarker.IsStale(_values[index]))
            {
                _timestamps[kept] = _timestamps[index];
                _values[kept] = _values[index];
                if (_hasHistograms)
                {
                    _histograms[kept] = histogram;
                }

                kept++;
            }
        }

        Count = kept;
    }

    /// <summary>Compares each histogram of which it is not known with the one before: the counter was reset, or it was not.</summary>
    internal void DetectResets()
    {
        FloatHistogram? previous = null;
        for (int index = 0; _hasHistograms && index < Count; index++)
        {
            if (_histograms[index] is not { IsStale: false } histogram)
            {
                continue;
            }

            if (histogram.CounterResetHint == CounterResetHint.Unknown && previous is not null)
            {
                bool isReset = HistogramResets.IsReset(histogram, previous);
                _histograms[index] = histogram.WithHint(isReset ? CounterResetHint.Reset : CounterResetHint.NotReset);
            }

            previous = histogram;
        }
    }

    private void Grow(int needed)
    {
        int capacity = Math.Max(needed, _timestamps.Length * 2);
        Array.Resize(ref _timestamps, capacity);
        Array.Resize(ref _values, capacity);
        if (_hasHistograms)
        {
            Array.Resize(ref _histograms, capacity);
        }
    }
}
