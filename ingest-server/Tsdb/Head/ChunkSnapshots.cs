using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>The chunks of one series as a snapshot of the head has them.</summary>
internal static class ChunkSnapshots
{
    public static void Write(ByteBuffer payload, in ClosedChunk chunk, ReadOnlySpan<byte> bytes)
    {
        payload.Append((byte)chunk.Form);
        payload.AppendUvarint(chunk.Samples);
        payload.AppendVarint(chunk.MinTimeMs);
        payload.AppendVarint(chunk.MaxTimeMs);
        payload.AppendLengthPrefixed(bytes);
    }

    /// <summary>Reads what belongs to a chunk but the place of its bytes.</summary>
    public static ClosedChunk Read(ref SpanReader reader, out ReadOnlySpan<byte> bytes)
    {
        ClosedChunk chunk = new()
        {
            Form = (ChunkForm)reader.ReadByte(),
            Samples = (ushort)reader.ReadUvarint(),
            MinTimeMs = reader.ReadVarint(),
            MaxTimeMs = reader.ReadVarint(),
        };
        bytes = reader.ReadLengthPrefixed();
        return chunk;
    }
}
