using System.Buffers.Binary;

namespace AmpEdge.Prometheus;

/// <summary>
/// Recognises labels and samples in the form in which every sender writes them, by a few comparisons at known places; anything
/// else takes the general way, which accepts the same and more. WriteRequestV1Benchmarks has the figures.
/// </summary>
/// <remarks>
/// <code>
///   label    0x0A length | 0x0A length name | 0x12 length value      every length in one byte
///   sample   0x12 16     | 0x09 value 8     | 0x10 time 6            a time between 2^35 and 2^42 ms: 1971 to 2109
/// </code>
/// </remarks>
internal static class UsualFormV1
{
    /// <summary>The bytes of a usual sample with its tag and length.</summary>
    public const int SampleFieldLength = 18;

    private const int SampleLength = 16;
    private const int SampleTimeOffset = 11;

    /// <summary>The bits that say whether a byte of a six-byte varint is followed by another, and how they must be.</summary>
    private const ulong ContinuationBits = 0x8080_8080_8080;
    private const ulong SixByteContinuation = 0x0080_8080_8080;

    /// <summary>True when a usual label begins at <paramref name="at"/>; then where its name and value lie and where it ends.</summary>
    public static bool TryLabel(ReadOnlySpan<byte> fields, int at, out int nameEnd, out int end)
    {
        nameEnd = 0;
        end = 0;
        if (at + 4 > fields.Length || fields[at] != WriteRequestV1Fields.SeriesLabel
            || fields[at + 2] != WriteRequestV1Fields.LabelName || (fields[at + 1] | fields[at + 3]) >= 0x80)
        {
            return false;
        }

        end = at + 2 + fields[at + 1];
        nameEnd = at + 4 + fields[at + 3];
        return end <= fields.Length && nameEnd + 2 <= end
            && fields[nameEnd] == WriteRequestV1Fields.LabelValue && nameEnd + 2 + fields[nameEnd + 1] == end;
    }

    /// <summary>True when a usual sample begins at <paramref name="at"/>, with its time still in the bytes of a varint.</summary>
    public static bool TrySample(ReadOnlySpan<byte> fields, int at, out ulong encodedTime)
    {
        encodedTime = 0;
        if (at + SampleFieldLength > fields.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> field = fields.Slice(at, SampleFieldLength);
        encodedTime = BinaryPrimitives.ReadUInt64LittleEndian(field[10..]) >> 16;
        return field[0] == WriteRequestV1Fields.SeriesSample && field[1] == SampleLength
            && field[2] == WriteRequestV1Fields.SampleValue && field[SampleTimeOffset] == WriteRequestV1Fields.SampleTimestamp
            && (encodedTime & ContinuationBits) == SixByteContinuation;
    }

    public static double ReadValue(ReadOnlySpan<byte> fields, int at) => BinaryPrimitives.ReadDoubleLittleEndian(fields[(at + 3)..]);

    /// <summary>The time of the six bytes of a varint.</summary>
    public static long DecodeTime(ulong encoded) =>
        (long)((encoded & 0x7F) | (encoded & 0x7F00) >> 1 | (encoded & 0x7F_0000) >> 2
            | (encoded & 0x7F00_0000) >> 3 | (encoded & 0x7F_0000_0000) >> 4 | (encoded & 0x7F00_0000_0000) >> 5);

    /// <summary>True for a sample that is written in the usual form.</summary>
    public static bool IsUsual(long timestampMs, ulong valueBits) =>
        valueBits != 0 && timestampMs is >= 1L << 35 and < 1L << 42;

    /// <summary>Writes a usual sample with its tag and length.</summary>
    public static void WriteSample(Span<byte> target, long timestampMs, ulong valueBits)
    {
        Span<byte> field = target[..SampleFieldLength];
        ulong time = (ulong)timestampMs;
        ulong encoded = (time & 0x7F) | (time & 0x3F80) << 1 | (time & 0x1F_C000) << 2
            | (time & 0xFE0_0000) << 3 | (time & 0x7_F000_0000) << 4 | (time & 0x3F8_0000_0000) << 5 | SixByteContinuation;
        BinaryPrimitives.WriteUInt64LittleEndian(field[10..], encoded << 16);
        field[0] = WriteRequestV1Fields.SeriesSample;
        field[1] = SampleLength;
        field[2] = WriteRequestV1Fields.SampleValue;
        BinaryPrimitives.WriteUInt64LittleEndian(field[3..], valueBits);
        field[SampleTimeOffset] = WriteRequestV1Fields.SampleTimestamp;
    }
}
