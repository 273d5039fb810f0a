using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>Chunks into a snapshot of the head and out of it.</summary>
internal sealed partial class SeriesChunks
{
    /// <summary>Appends everything that a series has, while nobody writes to it.</summary>
    public void WriteTo(ByteBuffer payload, in SeriesEntry entry)
    {
        payload.Append((byte)entry.LastForm);
        payload.AppendUvarint(entry.Appended);
        SeriesSnapshot.Write(payload, in entry.Open);
        WriteClosed(payload, entry.FirstChunk, entry.LastChunk);
        payload.Append((byte)(entry.OpenBlock.IsNone ? 0 : 1));
        if (!entry.OpenBlock.IsNone)
        {
            payload.AppendVarint(entry.OpenMinTimeMs);
            payload.AppendUvarint(entry.OpenSpanMs);
            payload.AppendLengthPrefixed(_blocks.Get(entry.OpenBlock, OpenLength(in entry)));
        }

        payload.Append((byte)(entry.Side == 0 ? 0 : 1));
        if (entry.Side != 0)
        {
            WriteSide(payload, in _store.Side(entry.Side));
        }
    }

    /// <summary>Fills a new series from what <see cref="WriteTo"/> wrote.</summary>
    public void Restore(ref SpanReader reader, ref SeriesEntry entry)
    {
        entry.LastForm = (ChunkForm)reader.ReadByte();
        entry.Appended = (uint)reader.ReadUvarint();
        entry.AppendedBefore = entry.Appended;
        entry.Open = SeriesSnapshot.ReadState(ref reader);
        RestoreClosed(ref reader, ref entry.FirstChunk, ref entry.LastChunk);
        int openBytes = 0;
        if (reader.ReadByte() != 0)
        {
            entry.OpenMinTimeMs = reader.ReadVarint();
            entry.OpenSpanMs = (uint)reader.ReadUvarint();
            entry.OpenBlock = RestoreOpen(reader.ReadLengthPrefixed(), out openBytes);
        }

        if (reader.ReadByte() != 0)
        {
            entry.Side = _store.TakeSide();
            RestoreSide(ref reader, ref _store.Side(entry.Side));
            _store.Side(entry.Side).OpenBytes = entry.LastForm == ChunkForm.Log ? openBytes : 0;
        }

        Invariant.Require(!reader.Truncated, "a series of a whole snapshot cannot be read");
    }

    private int OpenLength(in SeriesEntry entry) =>
        entry.LastForm == ChunkForm.Xor ? entry.Open.ByteLength : _store.Side(entry.Side).OpenBytes;

    private void WriteClosed(ByteBuffer payload, uint first, uint last)
    {
        int count = 0;
        for (uint chunk = first; chunk != 0; chunk = chunk == last ? 0 : _store.Closed(chunk).Next)
        {
            count++;
        }

        payload.AppendUvarint((ulong)count);
        for (uint chunk = first; chunk != 0; chunk = chunk == last ? 0 : _store.Closed(chunk).Next)
        {
            ref readonly ClosedChunk closed = ref _store.Closed(chunk);
            ChunkSnapshots.Write(payload, in closed, ClosedBytes(in closed));
        }
    }

    private void RestoreClosed(ref SpanReader reader, ref uint first, ref uint last)
    {
        int count = reader.ReadUvarintInt32();
        for (int index = 0; index < count && !reader.Truncated; index++)
        {
            ClosedChunk read = ChunkSnapshots.Read(ref reader, out ReadOnlySpan<byte> bytes);
            Invariant.Require(!bytes.IsEmpty, "a chunk of a whole snapshot cannot be read");
            uint chunk = _store.Store(bytes, read.Samples, read.Form);
            _store.Closed(chunk).MinTimeMs = read.MinTimeMs;
            _store.Closed(chunk).MaxTimeMs = read.MaxTimeMs;
            _store.Link(ref first, ref last, chunk);
            CountCreated();
        }
    }

    private BlockRef RestoreOpen(ReadOnlySpan<byte> bytes, out int length)
    {
        length = bytes.Length;
        BlockRef block = _blocks.Take(Math.Max(length, FirstBlockBytes));
        bytes.CopyTo(_blocks.Get(block));
        CountCreated();
        return block;
    }

    private void WriteSide(ByteBuffer payload, in SideEntry side)
    {
        payload.AppendUvarint((ulong)side.OpenLastBody);
        payload.AppendUvarint(side.LateAppended);
        payload.AppendVarint(side.LateMinTimeMs);
        payload.AppendVarint(side.LateMaxTimeMs);
        WriteClosed(payload, side.LateFirst, side.LateLast);
        payload.Append((byte)(side.LateBlock.IsNone ? 0 : 1));
        if (!side.LateBlock.IsNone)
        {
            payload.AppendUvarint((ulong)side.LateSamples);
            payload.AppendVarint(side.LateLastTimeMs);
            payload.AppendVarint(side.LateOpenMinTimeMs);
            payload.AppendVarint(side.LateOpenMaxTimeMs);
            payload.AppendLengthPrefixed(_blocks.Get(side.LateBlock, side.LateBytes));
        }
    }

    private void RestoreSide(ref SpanReader reader, ref SideEntry side)
    {
        side.OpenLastBody = reader.ReadUvarintInt32();
        side.LateAppended = (uint)reader.ReadUvarint();
        side.LateAppendedBefore = side.LateAppended;
        side.LateMinTimeMs = reader.ReadVarint();
        side.LateMaxTimeMs = reader.ReadVarint();
        RestoreClosed(ref reader, ref side.LateFirst, ref side.LateLast);
        if (reader.ReadByte() != 0)
        {
            side.LateSamples = reader.ReadUvarintInt32();
            side.LateLastTimeMs = reader.ReadVarint();
            side.LateOpenMinTimeMs = reader.ReadVarint();
            side.LateOpenMaxTimeMs = reader.ReadVarint();
            side.LateBlock = RestoreOpen(reader.ReadLengthPrefixed(), out side.LateBytes);
        }
    }
}
