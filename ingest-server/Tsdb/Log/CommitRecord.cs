using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

// Payload of a commit record (FORMAT.md, "Commit record"):
//
//   +----------------+-----+---+-----------------+----------------+-----+---------------+---------+--------+-----+
//   | series section | ... | 0 | families uvarint| family section | ... | count uvarint | time    | sample | ... |
//   |                |     |   |                 |                |     |               | varint  |        |     |
//   +----------------+-----+---+-----------------+----------------+-----+---------------+---------+--------+-----+
//
//   series   number uvarint (from 1), labels in canonical raw form as the difference to those of the series before:
//            how many bytes at the beginning and at the end are the same, and what is between
//   family   type byte, then name, help and unit, each with its length as uvarint
//   sample   head byte, [number varint], [time varint], value bytes
//
//     head   7          6          5..4   3..0
//            +----------+----------+------+----------------------------+
//            | number   | time     | 0    | how many value bytes: 0..8 |
//            | follows  | follows  |      |                            |
//            +----------+----------+------+----------------------------+

// With RecordType.CommitWithParts a count of parts follows, and each as its number (CommitPart) and its content.

/// <summary>The layout of a commit record, shared by its writer and reader.</summary>
internal static class CommitRecord
{
    /// <summary>Set when the series number is not the last one plus one; the difference to that follows.</summary>
    public const byte NumberFollows = 0x80;

    /// <summary>Set when the time is not the last one; the difference follows.</summary>
    public const byte TimeFollows = 0x40;

    /// <summary>The value bytes: the most significant ones of the 64 bits, the rest is zero.</summary>
    public const byte ValueBytesMask = 0x0F;

    /// <summary>The longest labels of a series, in canonical raw form.</summary>
    public const int MaxLabelBytes = 1 << 25;

    private const int MaxSampleBytes = 1 + (2 * Uvarint.MaxLength) + sizeof(ulong);
    private const int ReservedSamples = 4096;

    /// <summary>
    /// Describes a series. Neighbours in a request share most labels, so only the difference to the series described
    /// before it in this record is written: a tenth to a third of the bytes.
    /// </summary>
    public static void WriteSeries(
        ByteBuffer payload, uint number, ReadOnlySpan<byte> canonicalLabels, ReadOnlySpan<byte> previousLabels)
    {
        Debug.Assert(number != 0, "number 0 ends the section");
        Debug.Assert(canonicalLabels.Length <= MaxLabelBytes, "longer labels are refused when the series is made");
        int prefix = canonicalLabels.CommonPrefixLength(previousLabels);
        int suffix = CommonSuffixLength(canonicalLabels[prefix..], previousLabels[prefix..]);
        payload.AppendUvarint(number);
        payload.AppendUvarint((ulong)prefix);
        payload.AppendUvarint((ulong)suffix);
        payload.AppendLengthPrefixed(canonicalLabels[prefix..^suffix]);
    }

    public static void WriteEndOfSeries(ByteBuffer payload) => payload.AppendUvarint(0);

    public static void WriteMetadata(ByteBuffer payload, List<MetricMetadata> families)
    {
        payload.AppendUvarint((ulong)families.Count);
        foreach (MetricMetadata family in families)
        {
            payload.Append((byte)family.Type);
            WriteText(payload, family.FamilyName);
            WriteText(payload, family.Help);
            WriteText(payload, family.Unit);
        }
    }

    /// <param name="payload">What to append to.</param>
    /// <param name="samples">Their times and values.</param>
    /// <param name="numbers">For each sample the number under which the segment describes its series.</param>
    public static void WriteSamples(ByteBuffer payload, ReadOnlySpan<PendingSample> samples, ReadOnlySpan<uint> numbers)
    {
        Debug.Assert(samples.Length == numbers.Length, "each sample has the number of its series");
        payload.AppendUvarint((ulong)samples.Length);
        if (samples.IsEmpty)
        {
            return;
        }

        long timestampMs = samples[0].TimestampMs;
        payload.AppendVarint(timestampMs);
        uint expected = 1;
        while (!samples.IsEmpty)
        {
            // In pieces: a sample takes a quarter of what it could take, and the buffer keeps what it ever held.
            ReadOnlySpan<PendingSample> piece = samples[..Math.Min(samples.Length, ReservedSamples)];
            samples = samples[piece.Length..];
            ReadOnlySpan<uint> pieceNumbers = numbers[..piece.Length];
            numbers = numbers[piece.Length..];
            Span<byte> target = payload.Reserve(piece.Length * MaxSampleBytes);
            int length = 0;
            for (int index = 0; index < piece.Length; index++)
            {
                ref readonly PendingSample sample = ref piece[index];
                length += WriteSample(target[length..], in sample, pieceNumbers[index], expected, timestampMs);
                expected = pieceNumbers[index] + 1;
                timestampMs = sample.TimestampMs;
            }

            payload.Advance(length);
        }
    }

    /// <summary>
    /// Writes what stands behind the samples of a <see cref="RecordType.CommitWithParts"/>: a count of parts, then each.
    /// </summary>
    /// <param name="payload">What to append to.</param>
    /// <param name="request">Whose histograms, exemplars and window.</param>
    /// <param name="histogramNumbers">For each histogram the number of its series in the segment.</param>
    /// <param name="exemplarNumbers">For each exemplar.</param>
    public static void WriteParts(
        ByteBuffer payload, PendingRequest request, ReadOnlySpan<uint> histogramNumbers, ReadOnlySpan<uint> exemplarNumbers)
    {
        bool hasWindow = request.OldestLateMs != long.MaxValue;
        payload.Append((byte)((hasWindow ? 1 : 0) + (histogramNumbers.IsEmpty ? 0 : 1) + (exemplarNumbers.IsEmpty ? 0 : 1)));
        if (hasWindow)
        {
            payload.Append((byte)CommitPart.OldestLate);
            payload.AppendVarint(request.OldestLateMs);
        }

        if (!histogramNumbers.IsEmpty)
        {
            payload.Append((byte)CommitPart.Histograms);
            WriteHistograms(payload, request, histogramNumbers);
        }

        if (!exemplarNumbers.IsEmpty)
        {
            payload.Append((byte)CommitPart.Exemplars);
            WriteExemplars(payload, request, exemplarNumbers);
        }
    }

    /// <summary>Whether a request needs a <see cref="RecordType.CommitWithParts"/>.</summary>
    public static bool HasParts(PendingRequest request) =>
        request.OldestLateMs != long.MaxValue || !request.Histograms.IsEmpty || !request.Exemplars.IsEmpty;

    private static void WriteHistograms(ByteBuffer payload, PendingRequest request, ReadOnlySpan<uint> numbers)
    {
        payload.AppendUvarint((ulong)numbers.Length);
        long expected = 1;
        long timestampMs = 0;
        for (int index = 0; index < numbers.Length; index++)
        {
            ref readonly PendingHistogram histogram = ref request.Histograms[index];
            payload.AppendVarint(numbers[index] - expected);
            payload.AppendVarint(unchecked(histogram.TimestampMs - timestampMs));
            payload.AppendLengthPrefixed(request.BodyOf(in histogram));
            expected = numbers[index] + 1L;
            timestampMs = histogram.TimestampMs;
        }
    }

    private static void WriteExemplars(ByteBuffer payload, PendingRequest request, ReadOnlySpan<uint> numbers)
    {
        payload.AppendUvarint((ulong)numbers.Length);
        long expected = 1;
        long timestampMs = 0;
        for (int index = 0; index < numbers.Length; index++)
        {
            ref readonly PendingExemplar exemplar = ref request.Exemplars[index];
            payload.AppendVarint(numbers[index] - expected);
            payload.AppendVarint(unchecked(exemplar.TimestampMs - timestampMs));
            HistogramBody.WriteNumber(payload, exemplar.Value);
            payload.AppendLengthPrefixed(request.LabelsOf(in exemplar));
            expected = numbers[index] + 1L;
            timestampMs = exemplar.TimestampMs;
        }
    }

    private static int CommonSuffixLength(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int length = 0;
        int most = Math.Min(left.Length, right.Length);
        while (most - length >= sizeof(ulong)
            && BinaryPrimitives.ReadUInt64LittleEndian(left[^(length + sizeof(ulong))..])
                == BinaryPrimitives.ReadUInt64LittleEndian(right[^(length + sizeof(ulong))..]))
        {
            length += sizeof(ulong);
        }

        while (length < most && left[^(length + 1)] == right[^(length + 1)])
        {
            length++;
        }

        return length;
    }

    private static int WriteSample(Span<byte> target, in PendingSample sample, uint number, uint expected, long timestampMs)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(sample.Value);
        int valueBytes = sizeof(ulong) - (BitOperations.TrailingZeroCount(bits) / 8);
        int head = valueBytes;
        int length = 1;
        if (number != expected)
        {
            head |= NumberFollows;
            length += Uvarint.Write(target[length..], Uvarint.ZigZag((long)number - expected));
        }

        if (sample.TimestampMs != timestampMs)
        {
            head |= TimeFollows;
            length += Uvarint.Write(target[length..], Uvarint.ZigZag(sample.TimestampMs - timestampMs));
        }

        target[0] = (byte)head;
        // All eight bytes are stored, the next sample overwrites those that do not count.
        BinaryPrimitives.WriteUInt64BigEndian(target[length..], bits);
        return length + valueBytes;
    }

    private static void WriteText(ByteBuffer payload, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        payload.AppendUvarint((ulong)length);
        Encoding.UTF8.GetBytes(text, payload.Reserve(length));
        payload.Advance(length);
    }
}
