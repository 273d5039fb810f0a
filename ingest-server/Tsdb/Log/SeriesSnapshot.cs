using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

// A series in a snapshot (FORMAT.md, "Snapshot"):
//
//   labels, length-prefixed     deletions uvarint, each as two varints     form 1
//   appended uvarint            last time, last value, step, window of the open chunk
//   closed chunks               open chunk 0|1 and what it is
//   side 0|1                    then its chunks in the same way

/// <summary>Writes one series of the head into a snapshot and reads it back.</summary>
internal static class SeriesSnapshot
{
    /// <summary>Appends a series that has samples; nothing for another place.</summary>
    public static void Write(ByteBuffer payload, Head head, uint series)
    {
        ref SeriesEntry entry = ref head.Series[series];
        if (entry.State != SeriesState.Live)
        {
            return;
        }

        payload.AppendLengthPrefixed(head.Keys.Get(entry.Key));
        ReadOnlySpan<TimeInterval> deleted = head.Tombstones.Of(entry.Id);
        payload.AppendUvarint((ulong)deleted.Length);
        foreach (TimeInterval interval in deleted)
        {
            payload.AppendVarint(interval.MinTimeMs);
            payload.AppendVarint(interval.MaxTimeMs);
        }

        head.Chunks.WriteTo(payload, in entry);
    }

    /// <summary>Writes what an open XOR chunk goes on from.</summary>
    public static void Write(ByteBuffer payload, in XorState state)
    {
        payload.AppendVarint(state.TimestampMs);
        payload.AppendUInt64BigEndian(BitConverter.DoubleToUInt64Bits(state.Value));
        payload.AppendVarint(state.DeltaMs);
        payload.AppendUvarint(state.BitLength);
        payload.AppendUvarint(state.Samples);
        payload.Append(state.Leading);
        payload.Append(state.Trailing);
    }

    public static XorState ReadState(ref SpanReader reader) => new()
    {
        TimestampMs = reader.ReadVarint(),
        Value = BitConverter.UInt64BitsToDouble(reader.ReadUInt64BigEndian()),
        DeltaMs = reader.ReadVarint(),
        BitLength = (ushort)reader.ReadUvarint(),
        Samples = (ushort)reader.ReadUvarint(),
        Leading = reader.ReadByte(),
        Trailing = reader.ReadByte(),
    };
}
