namespace AmpEdge.Tsdb;

/// <summary>
/// Closed chunks and side entries: where they lie, and how they are taken and given back. Thread-safe, reading takes no
/// lock; what is written into a place belongs to the writer of its series.
/// </summary>
internal sealed class ChunkStore
{
    private readonly Lock _slabsLock = new();
    private readonly ChunkArena _arena = new();
    private readonly PagedSlab<ClosedChunk> _closed = new();
    private readonly PagedSlab<SideEntry> _sides = new();

    /// <summary>Bytes of closed chunks' pages, of their descriptors and of side entries.</summary>
    public long BytesHeld => _arena.PageBytesHeld + (_closed.Capacity * ClosedChunk.Bytes) + (_sides.Capacity * SideEntry.Bytes);

    public ref SideEntry Side(uint side) => ref _sides[side];

    public ref ClosedChunk Closed(uint chunk) => ref _closed[chunk];

    /// <summary>The bytes of a closed chunk: Prometheus's encoding 1, its header filled, or a sample log.</summary>
    public ReadOnlySpan<byte> BytesOf(in ClosedChunk chunk) => _arena.Get(chunk.Page, chunk.Offset, chunk.Length);

    /// <summary>Copies the bytes of a chunk that is closed; its times are still to be written.</summary>
    public uint Store(ReadOnlySpan<byte> bytes, int samples, ChunkForm form)
    {
        lock (_slabsLock)
        {
            uint chunk = _closed.Take();
            ref ClosedChunk closed = ref _closed[chunk];
            closed.Length = bytes.Length;
            closed.Samples = (ushort)samples;
            closed.Form = form;
            _arena.Store(bytes, out closed.Page, out closed.Offset);
            return chunk;
        }
    }

    /// <summary>Appends a chunk to a list of them.</summary>
    public void Link(ref uint first, ref uint last, uint chunk)
    {
        if (last == 0)
        {
            first = chunk;
        }
        else
        {
            _closed[last].Next = chunk;
        }

        last = chunk;
    }

    /// <summary>Gives the memory of a dropped chunk back, once nobody can read it.</summary>
    public void Release(uint chunk)
    {
        lock (_slabsLock)
        {
            _arena.Release(_closed[chunk].Page);
            _closed.Return(chunk);
        }
    }

    /// <summary>Gives back what is kept for chunks to come.</summary>
    public void DropEmptyPage()
    {
        lock (_slabsLock)
        {
            _arena.DropEmptyPage();
        }
    }

    public uint TakeSide()
    {
        lock (_slabsLock)
        {
            return _sides.Take();
        }
    }

    /// <summary>Gives the side entry of a series back that is gone, once nobody can read it.</summary>
    public void ReleaseSide(uint side)
    {
        lock (_slabsLock)
        {
            _sides.Return(side);
        }
    }
}
