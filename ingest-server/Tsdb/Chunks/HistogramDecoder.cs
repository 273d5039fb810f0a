using System.Buffers.Binary;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Reads the histograms of one chunk in order (FORMAT.md, "Histogram chunks"), into numbers of the caller's, which hold the
/// last one. Bytes that cannot be such a chunk end the walk with <see cref="Corrupt"/> set; nothing is thrown.
/// </summary>
internal ref struct HistogramDecoder : IChunkDecoder
{
    private readonly HistogramNumbers _numbers;
    private readonly int _samples;
    private readonly bool _headerMissing;
    private ChunkBitReader _bits;

    /// <param name="chunk">The bytes of a chunk, which may still grow.</param>
    /// <param name="isFloat">Whether counts are floats: encoding 3, else 2.</param>
    /// <param name="numbers">Filled with the last histogram.</param>
    public HistogramDecoder(ReadOnlySpan<byte> chunk, bool isFloat, HistogramNumbers numbers)
    {
        _numbers = numbers;
        _headerMissing = chunk.Length < HistogramChunk.HeaderBytes;
        _samples = _headerMissing ? 0 : BinaryPrimitives.ReadUInt16BigEndian(chunk);
        Header = _headerMissing ? default : HistogramChunk.HeaderOf(chunk);
        _bits = new ChunkBitReader(chunk, HistogramChunk.HeaderBytes * 8);
        numbers.Clear(isFloat);
    }

    /// <summary>True once the bytes did not hold what the format demands. Never reset.</summary>
    public readonly bool Corrupt => _bits.Corrupt || _headerMissing;

    /// <summary>What the chunk says about the counter before it.</summary>
    public CounterResetHeader Header { get; }

    /// <summary>Milliseconds since the Unix epoch; valid after <see cref="MoveNext"/> said true.</summary>
    public readonly long TimestampMs => (long)_numbers.Time.Value;

    /// <summary>How many were read.</summary>
    public int Read { get; private set; }

    /// <summary>Bits before the first that was not read.</summary>
    internal readonly long BitsLeft => _bits.BitsLeft;

    /// <summary>
    /// What is known of the counter between the histogram before and this one: within a chunk there is no reset. Of the first
    /// one it is unknown, whatever the header says, since the chunk before may be gone or another one may have come between.
    /// </summary>
    public readonly CounterResetHint Hint =>
        Header == CounterResetHeader.Gauge ? CounterResetHint.Gauge
        : Read > 1 ? CounterResetHint.NotReset
        : CounterResetHint.Unknown;

    /// <summary>Moves to the next histogram; false at the end and on corruption.</summary>
    public bool MoveNext()
    {
        if (Read == _samples || Corrupt)
        {
            return false;
        }

        if (Read == 0)
        {
            ReadFirst();
        }
        else
        {
            ReadNext();
        }

        Read++;
        return !_bits.Corrupt;
    }

    private void ReadFirst()
    {
        HistogramLayout.Read(ref _bits, _numbers);
        if (_bits.Corrupt)
        {
            return;
        }

        bool isFloat = _numbers.IsFloat;
        _numbers.Time.Begin((ulong)Varbit.ReadSigned(ref _bits));
        _numbers.Count.Begin(isFloat ? _bits.ReadBits(64) : Varbit.ReadUnsigned(ref _bits));
        _numbers.ZeroCount.Begin(isFloat ? _bits.ReadBits(64) : Varbit.ReadUnsigned(ref _bits));
        _numbers.Sum.Begin(_bits.ReadBits(64));
        ReadFirst(_numbers.Positive.Numbers, isFloat);
        ReadFirst(_numbers.Negative.Numbers, isFloat);
    }

    private void ReadFirst(Span<HistogramNumber> buckets, bool isFloat)
    {
        foreach (ref HistogramNumber bucket in buckets)
        {
            bucket.Begin(isFloat ? _bits.ReadBits(64) : (ulong)Varbit.ReadSigned(ref _bits));
        }
    }

    private void ReadNext()
    {
        _numbers.Time.ReadInteger(ref _bits);
        if (_numbers.IsFloat)
        {
            _numbers.Count.ReadFloat(ref _bits);
            _numbers.ZeroCount.ReadFloat(ref _bits);
        }
        else
        {
            _numbers.Count.ReadInteger(ref _bits);
            _numbers.ZeroCount.ReadInteger(ref _bits);
        }

        _numbers.Sum.ReadFloat(ref _bits);
        if (!_numbers.IsStale)
        {
            ReadNext(_numbers.Positive.Numbers);
            ReadNext(_numbers.Negative.Numbers);
        }
    }

    private void ReadNext(Span<HistogramNumber> buckets)
    {
        foreach (ref HistogramNumber bucket in buckets)
        {
            if (_numbers.IsFloat)
            {
                bucket.ReadFloat(ref _bits);
            }
            else
            {
                bucket.ReadInteger(ref _bits);
            }
        }
    }
}
