using System.Buffers.Binary;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The writing end of one chunk of native histograms, in Prometheus's encodings 2 (counts are integers) and 3 (floats), bit
/// for bit (FORMAT.md, "Histogram chunks"). All histograms of a chunk have one layout: when a bucket comes in addition, the
/// chunk is written anew with it. Reusable; one thread.
/// </summary>
internal sealed class HistogramChunk
{
    /// <summary>Two bytes of count, big-endian, and one that says what is known of the counter before.</summary>
    public const int HeaderBytes = 3;

    /// <summary>A chunk of more is full, once it has <see cref="MinSamples"/>.</summary>
    public const int TargetBytes = 1024;

    /// <summary>How many samples a chunk takes however large they are, so that there is something to be encoded against.</summary>
    public const int MinSamples = 10;

    private const int HeaderPlace = 2;
    private const byte HeaderMask = 0b1100_0000;
    private const int FirstBytes = 256;

    private readonly HistogramNumbers _numbers = new();
    private byte[] _block = new byte[FirstBytes];
    private int _position;

    /// <summary>Laid out as the chunk is; made when one first has to be.</summary>
    private Histogram? _spread;

    public int Samples { get; private set; }

    public bool IsFloat => _numbers.IsFloat;

    public ChunkEncoding Encoding => IsFloat ? ChunkEncoding.FloatHistogram : ChunkEncoding.Histogram;

    /// <summary>The chunk so far; valid until the next change.</summary>
    public ReadOnlySpan<byte> Bytes => _block.AsSpan(0, ByteLength);

    public int ByteLength => (_position + 7) >> 3;

    /// <summary>The last histogram's time, ms.</summary>
    public long TimestampMs => (long)_numbers.Time.Value;

    /// <summary>As much as a chunk should have; whether one is cut then is its owner's to say.</summary>
    public bool IsFull => ByteLength >= TargetBytes && Samples >= MinSamples;

    /// <summary>What the header of a chunk says; the chunk has one.</summary>
    public static CounterResetHeader HeaderOf(ReadOnlySpan<byte> chunk) => (CounterResetHeader)(chunk[HeaderPlace] & HeaderMask);

    /// <summary>The header of the first chunk of a series, or of one that the chunk before is not known of.</summary>
    public static CounterResetHeader HeaderOf(Histogram first) => first.CounterResetHint switch
    {
        CounterResetHint.Gauge => CounterResetHeader.Gauge,
        CounterResetHint.Reset => CounterResetHeader.Reset,
        _ => CounterResetHeader.Unknown,
    };

    /// <summary>Starts over with a first histogram, whose layout becomes the chunk's.</summary>
    public void Start(long timestampMs, Histogram first, CounterResetHeader header)
    {
        _numbers.Clear(first.IsFloat);
        _block[0] = 0;
        _block[1] = 0;
        _block[HeaderPlace] = (byte)header;
        _position = HeaderBytes * 8;
        Samples = 0;
        WriteFirst(timestampMs, first);
    }

    /// <summary>Goes on with a chunk that was begun before. False when its bytes cannot be read.</summary>
    public bool TryResume(ReadOnlySpan<byte> chunk, bool isFloat)
    {
        HistogramDecoder decoder = new(chunk, isFloat, _numbers);
        while (decoder.MoveNext())
        {
            // The last state is what the next histogram is written against.
        }

        if (decoder.Corrupt || decoder.Read == 0)
        {
            return false;
        }

        _position = (int)(((long)chunk.Length * 8) - decoder.BitsLeft);
        Samples = decoder.Read;
        _block = _block.Length >= chunk.Length ? _block : new byte[chunk.Length * 2];
        chunk.CopyTo(_block);
        return true;
    }

    /// <summary>
    /// Whether a histogram can be appended; if not, <paramref name="next"/> is the header of the chunk that begins with it.
    /// If it can, that is the header of one that begins with it all the same, because this one is full.
    /// </summary>
    public bool Takes(Histogram histogram, out CounterResetHeader next) => new HistogramFit(_numbers, HeaderOf(_block)).Takes(histogram, out next)
        && Samples < ushort.MaxValue;

    /// <summary>Appends a histogram that the chunk <see cref="Takes"/>, later than the last one.</summary>
    public void Append(long timestampMs, Histogram histogram)
    {
        Invariant.Require(Samples is > 0 and < ushort.MaxValue, "a histogram chunk is appended to before it starts or when it is full");
        if (histogram.IsStale)
        {
            WriteNext(timestampMs, histogram);
            return;
        }

        bool chunkCovers = BucketSpans.Cover(_numbers.Positive.Spans, histogram.Positive.Spans)
            && BucketSpans.Cover(_numbers.Negative.Spans, histogram.Negative.Spans);
        if (!chunkCovers)
        {
            Rewrite(
                SpansOf(_numbers.Positive.Spans, histogram.Positive.Spans),
                SpansOf(_numbers.Negative.Spans, histogram.Negative.Spans));
        }

        WriteNext(timestampMs, Spread(histogram));
    }

    /// <summary>The histogram's own spans where they have all of the chunk's buckets.</summary>
    private static HistogramSpan[] SpansOf(ReadOnlySpan<HistogramSpan> chunk, ReadOnlySpan<HistogramSpan> histogram) =>
        BucketSpans.Cover(histogram, chunk) ? histogram.ToArray() : BucketSpans.Unite(chunk, histogram);

    /// <summary>The histogram in the chunk's layout.</summary>
    private Histogram Spread(Histogram histogram)
    {
        if (histogram.Positive.BucketCount == _numbers.Positive.Count && histogram.Negative.BucketCount == _numbers.Negative.Count)
        {
            // The chunk has all of its buckets, so as many are the same.
            return histogram;
        }

        _spread ??= new Histogram();
        _spread.Clear();
        _spread.IsFloat = histogram.IsFloat;
        _spread.Sum = histogram.Sum;
        _spread.Count = histogram.Count;
        _spread.ZeroCount = histogram.ZeroCount;
        _spread.FloatCount = histogram.FloatCount;
        _spread.FloatZeroCount = histogram.FloatZeroCount;
        BucketSpans.Spread(histogram.Positive, IsFloat, _numbers.Positive.Spans, _spread.Positive);
        BucketSpans.Spread(histogram.Negative, IsFloat, _numbers.Negative.Spans, _spread.Negative);
        return _spread;
    }

    /// <summary>Writes all histograms again, with buckets in addition that are zero in each.</summary>
    private void Rewrite(HistogramSpan[] positive, HistogramSpan[] negative)
    {
        byte[] old = Bytes.ToArray();
        Histogram read = new();
        Histogram wider = new();
        HistogramNumbers numbers = new();
        HistogramDecoder decoder = new(old, IsFloat, numbers);
        for (bool isFirst = true; decoder.MoveNext(); isFirst = false)
        {
            numbers.CopyTo(read, CounterResetHint.Unknown);
            numbers.CopyTo(wider, CounterResetHint.Unknown);
            BucketSpans.Spread(read.Positive, IsFloat, positive, wider.Positive);
            BucketSpans.Spread(read.Negative, IsFloat, negative, wider.Negative);
            if (isFirst)
            {
                Start(decoder.TimestampMs, wider, decoder.Header);
            }
            else
            {
                WriteNext(decoder.TimestampMs, wider);
            }
        }

        Invariant.Require(!decoder.Corrupt, "a histogram chunk that is being written cannot be read");
    }

    private void WriteFirst(long timestampMs, Histogram histogram)
    {
        if (!histogram.IsStale)
        {
            _numbers.Schema = histogram.Schema;
            _numbers.ZeroThreshold = histogram.ZeroThreshold;
            _numbers.CustomValues.AddRange(histogram.CustomValues);
            _numbers.Positive.Begin(histogram.Positive.Spans);
            _numbers.Negative.Begin(histogram.Negative.Spans);
        }

        EnsureRoom(HistogramLayout.MaxBytes(_numbers));
        HistogramLayout.Write(_block, ref _position, _numbers);
        EnsureRoomForSample();
        Varbit.WriteSigned(_block, ref _position, timestampMs);
        _numbers.Time.Begin((ulong)timestampMs);
        (ulong count, ulong zeroCount) = CountsOf(histogram);
        WriteFirstCount(ref _numbers.Count, count);
        WriteFirstCount(ref _numbers.ZeroCount, zeroCount);
        _numbers.Sum.Begin(BitConverter.DoubleToUInt64Bits(histogram.Sum));
        ChunkBits.Write(_block, ref _position, _numbers.Sum.Value, 64);
        WriteFirst(_numbers.Positive.Numbers, histogram.Positive);
        WriteFirst(_numbers.Negative.Numbers, histogram.Negative);
        CountSample();
    }

    private void WriteFirstCount(ref HistogramNumber number, ulong value)
    {
        number.Begin(value);
        if (IsFloat)
        {
            ChunkBits.Write(_block, ref _position, value, 64);
        }
        else
        {
            Varbit.WriteUnsigned(_block, ref _position, value);
        }
    }

    private void WriteFirst(Span<HistogramNumber> numbers, HistogramSide side)
    {
        for (int bucket = 0; bucket < numbers.Length; bucket++)
        {
            numbers[bucket].Begin(NumberOf(side, bucket));
            if (IsFloat)
            {
                ChunkBits.Write(_block, ref _position, numbers[bucket].Value, 64);
            }
            else
            {
                Varbit.WriteSigned(_block, ref _position, (long)numbers[bucket].Value);
            }
        }
    }

    private void WriteNext(long timestampMs, Histogram histogram)
    {
        EnsureRoomForSample();
        _numbers.Time.WriteInteger(_block, ref _position, (ulong)timestampMs);
        (ulong count, ulong zeroCount) = CountsOf(histogram);
        if (IsFloat)
        {
            _numbers.Count.WriteFloat(_block, ref _position, count);
            _numbers.ZeroCount.WriteFloat(_block, ref _position, zeroCount);
        }
        else
        {
            WriteNextCount(ref _numbers.Count, count, histogram.IsStale);
            WriteNextCount(ref _numbers.ZeroCount, zeroCount, histogram.IsStale);
        }

        _numbers.Sum.WriteFloat(_block, ref _position, BitConverter.DoubleToUInt64Bits(histogram.Sum));
        if (!histogram.IsStale)
        {
            WriteNext(_numbers.Positive.Numbers, histogram.Positive);
            WriteNext(_numbers.Negative.Numbers, histogram.Negative);
        }

        CountSample();
    }

    /// <summary>Nobody reads the counts of a marker of the end: they are written as going on as they did.</summary>
    private void WriteNextCount(ref HistogramNumber number, ulong value, bool isStale) =>
        number.WriteInteger(_block, ref _position, isStale ? number.Value + (ulong)number.Delta : value);

    private void WriteNext(Span<HistogramNumber> numbers, HistogramSide side)
    {
        for (int bucket = 0; bucket < numbers.Length; bucket++)
        {
            if (IsFloat)
            {
                numbers[bucket].WriteFloat(_block, ref _position, NumberOf(side, bucket));
            }
            else
            {
                numbers[bucket].WriteInteger(_block, ref _position, NumberOf(side, bucket));
            }
        }
    }

    /// <summary>The bucket as the chunk has it: the difference to the bucket before it, or the bits of a float.</summary>
    private ulong NumberOf(HistogramSide side, int bucket) => IsFloat
        ? BitConverter.DoubleToUInt64Bits(side.FloatCounts[bucket])
        : (ulong)(side.Counts[bucket] - (bucket == 0 ? 0 : side.Counts[bucket - 1]));

    private (ulong Count, ulong ZeroCount) CountsOf(Histogram histogram) =>
        histogram.IsStale ? (0, 0)
        : IsFloat
            ? (BitConverter.DoubleToUInt64Bits(histogram.FloatCount), BitConverter.DoubleToUInt64Bits(histogram.FloatZeroCount))
            : (histogram.Count, histogram.ZeroCount);

    private void CountSample()
    {
        Samples++;
        BinaryPrimitives.WriteUInt16BigEndian(_block, (ushort)Samples);
    }

    private void EnsureRoomForSample() =>
        EnsureRoom((4 + _numbers.Positive.Count + _numbers.Negative.Count) * ((Varbit.MaxBits + 8) / 8));

    private void EnsureRoom(int bytes)
    {
        if (_block.Length < ByteLength + bytes)
        {
            Array.Resize(ref _block, Math.Max(_block.Length * 2, ByteLength + bytes));
        }
    }
}
