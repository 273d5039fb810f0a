using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

// Payload of a samples record (FORMAT.md). The series of a scrape come in the same order each time, with numbers that
// mostly follow each other, and share one timestamp: both then take one byte.
//
//   +---------------+--------------------+  then per sample
//   | count uvarint | first time, varint |  +----------------------------+--------------------------+---------+
//   +---------------+--------------------+  | series, difference, varint | time, difference, varint | value 8 |
//                                           +----------------------------+--------------------------+---------+

/// <summary>Writes and reads the payload of a samples record.</summary>
internal static class SamplesRecord
{
    /// <summary>The most bytes that a record of this many samples takes.</summary>
    public static int MaxLength(int count) => 2 * Uvarint.MaxLength + count * (2 * Uvarint.MaxLength + sizeof(double));

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
            target.AppendDoubleLittleEndian(samples.Values[index]);
            series = samples.Series[index].Value;
            time = samples.TimestampsMs[index];
        }
    }

    /// <summary>Decodes a payload into the columns, replacing what they held; false when it is not a samples record.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, SampleList target)
    {
        target.Clear();
        SpanReader reader = new(payload);
        ulong count = reader.ReadUvarint();
        long time = reader.ReadVarint();
        long series = 0;

        // A sample takes ten bytes at least, so a wrong count cannot make the columns grow beyond the payload.
        if (count > (ulong)(reader.Rest.Length / 10))
        {
            return false;
        }

        for (ulong index = 0; index < count; index++)
        {
            series += reader.ReadVarint();
            time += reader.ReadVarint();
            double value = reader.ReadDoubleLittleEndian();
            if (series is <= 0 or > uint.MaxValue)
            {
                return false;
            }

            target.Add(new SeriesRef((uint)series), time, value);
        }

        return !reader.Truncated && reader.AtEnd;
    }
}
