using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>A piece of a shard's queue: entries behind each other, written once and then only read.</summary>
internal sealed class EntryChunk(int length)
{
    /// <summary>Below the size from which the collector treats arrays as large.</summary>
    public const int UsualLength = 64 << 10;

    private readonly byte[] _bytes = new byte[length];
    private int _used;

    public int Length => _bytes.Length;

    /// <summary>The bytes of the entries so far.</summary>
    public int Used => Volatile.Read(ref _used);

    /// <summary>The piece behind this one; set by the writer before the first entry in it is counted.</summary>
    public EntryChunk? Next { get; set; }

    public static int LengthOf(in QueuedEntry entry)
    {
        // Headers are read as structs, so they begin at multiples of eight.
        int length = Unsafe.SizeOf<QueuedEntry>() + entry.PayloadLength;
        return (length + 7) & ~7;
    }

    /// <summary>Makes the piece empty again, to be used once more.</summary>
    public void Reset()
    {
        Volatile.Write(ref _used, 0);
        Next = null;
    }

    /// <summary>Appends an entry; false when it does not fit.</summary>
    public bool TryAppend(in QueuedEntry entry, ReadOnlySpan<byte> payload)
    {
        int length = LengthOf(entry);
        if (length > _bytes.Length - _used)
        {
            return false;
        }

        Span<byte> target = _bytes.AsSpan(_used, length);
        MemoryMarshal.Write(target, entry);
        payload.CopyTo(target[Unsafe.SizeOf<QueuedEntry>()..]);
        Volatile.Write(ref _used, _used + length);
        return true;
    }

    public ref readonly QueuedEntry EntryAt(int offset) =>
        ref MemoryMarshal.AsRef<QueuedEntry>(_bytes.AsSpan(offset));

    public ReadOnlySpan<byte> PayloadAt(int offset) =>
        _bytes.AsSpan(offset + Unsafe.SizeOf<QueuedEntry>(), EntryAt(offset).PayloadLength);
}
