using System.Runtime.CompilerServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

// Payload of a record of samples, histograms or exemplars (FORMAT.md). The series of a scrape come in the same order each
// time, with numbers that mostly follow each other, and share one timestamp: both then take one byte.
//
//   +---------------+--------------------+  then per entry
//   | count uvarint | first time, varint |  +----------------------------+--------------------------+---------+- - - - - - - - +
//   +---------------+--------------------+  | series, difference, varint | time, difference, varint | value 8 | length, bytes  |
//                                           +----------------------------+--------------------------+---------+- - - - - - - - +
//                                             value: samples and exemplars; length and bytes: histograms and exemplars

/// <summary>Writes and reads the payload of a record of samples, native histograms or exemplars.</summary>
internal static class SamplesRecord
{
    private const int MaxHeadLength = 2 * Uvarint.MaxLength;

    /// <summary>The most bytes that a record of these entries takes.</summary>
    public static long MaxLength(in SampleColumns samples) =>
        MaxHeadLength + ((long)samples.Count * MaxEntryLength(samples.Kind)) + samples.PayloadLength;

    /// <summary>How many of the entries, from the first on, surely fit into a record of so many bytes; one does in any case.</summary>
    public static int CountWithin(in SampleColumns samples, int maxLength)
    {
        if (MaxLength(samples) <= maxLength)
        {
            return samples.Count;
        }

        int perEntry = MaxEntryLength(samples.Kind);
        long length = MaxHeadLength;
        for (int index = 0; index < samples.Count; index++)
        {
            length += perEntry + samples.Payload(index).Length;
            if (length > maxLength)
            {
                return Math.Max(1, index);
            }
        }

        return samples.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(ByteBuffer target, in SampleColumns samples)
    {
        long time = samples.Count > 0 ? samples.TimestampsMs[0] : 0;
        long series = 0;
        target.AppendUvarint((ulong)samples.Count);
        target.AppendVarint(time);
        for (int index = 0; index < samples.Count; index++)
        {
            target.AppendVarint(samples.Series[index].Value - series);
            target.AppendVarint(samples.TimestampsMs[index] - time);
            if (HasValue(samples.Kind))
            {
                target.AppendDoubleLittleEndian(samples.Values[index]);
            }

            if (HasPayload(samples.Kind))
            {
                target.AppendLengthPrefixed(samples.Payload(index));
            }

            series = samples.Series[index].Value;
            time = samples.TimestampsMs[index];
        }
    }

    /// <summary>True for the type of a record that holds entries of series.</summary>
    public static bool IsEntries(byte recordType) => recordType is BufferRecord.Samples or BufferRecord.Histograms or BufferRecord.Exemplars;

    /// <summary>
    /// Decodes the payload of a record of that type into the columns, replacing what they held; false when it is not one.
    /// </summary>
    public static bool TryRead(byte recordType, ReadOnlySpan<byte> payload, SampleList target)
    {
        target.Clear((SampleKind)recordType);
        SpanReader reader = new(payload);
        ulong count = reader.ReadUvarint();
        long time = reader.ReadVarint();
        long series = 0;

        // So that a wrong count cannot make the columns grow beyond the payload.
        if (count > (ulong)(reader.Rest.Length / MinEntryLength(target.Kind)))
        {
            return false;
        }

        for (ulong index = 0; index < count; index++)
        {
            series += reader.ReadVarint();
            time += reader.ReadVarint();
            double value = HasValue(target.Kind) ? reader.ReadDoubleLittleEndian() : 0;
            ReadOnlySpan<byte> extra = HasPayload(target.Kind) ? reader.ReadLengthPrefixed() : default;
            if (series is <= 0 or > uint.MaxValue || reader.Truncated)
            {
                return false;
            }

            target.Add(new SeriesRef((uint)series), time, value, extra);
        }

        return !reader.Truncated && reader.AtEnd;
    }

    private static int MaxEntryLength(SampleKind kind) =>
        2 * Uvarint.MaxLength + (HasValue(kind) ? sizeof(double) : 0) + (HasPayload(kind) ? Uvarint.MaxLength : 0);

    private static int MinEntryLength(SampleKind kind) => 2 + (HasValue(kind) ? sizeof(double) : 0) + (HasPayload(kind) ? 1 : 0);

    private static bool HasValue(SampleKind kind) => kind != SampleKind.Histogram;

    private static bool HasPayload(SampleKind kind) => kind != SampleKind.Sample;
}
