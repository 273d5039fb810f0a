namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Where an entry of a shard's queue lies; valid until the entry is removed.</summary>
internal readonly record struct EntryPlace(EntryChunk Chunk, int Offset)
{
    public ref readonly QueuedEntry Entry => ref Chunk.EntryAt(Offset);

    /// <summary>A histogram's message, an exemplar's label blob, or nothing.</summary>
    public ReadOnlySpan<byte> Payload => Chunk.PayloadAt(Offset);
}
