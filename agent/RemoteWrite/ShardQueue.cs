using System.Diagnostics;
using System.Runtime.CompilerServices;
using AmpEdge.Agent.Budget;
using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// The entries that wait in one shard, first in first out. What is being sent stays in it until it is dealt with, so the first
/// entry's position says how far the shard got. One thread at a time adds, one removes, any may ask.
/// </summary>
/// <remarks>
/// Entries lie in pieces of 64 KiB that are passed from the writer to the reader whole, so neither waits for the other: the lock
/// guards the first entry and the spare pieces only. Added entries count, and can be read, once they are published. An entry
/// holds its series from when it is added until it is removed; lock order is the table's lock, then this queue's.
/// </remarks>
internal sealed class ShardQueue(
    int capacity, SeriesTable table, MemoryBudget? memory = null, int tightCapacity = int.MaxValue)
{
    /// <summary>Entries are this long on average at most; what is longer, such as large histograms, counts for more.</summary>
    public const int MaxMeanEntryBytes = 1024;

    /// <summary>Those of a usual burst of scrapes: pieces are not made anew while samples flow.</summary>
    private const int MaxSpareChunks = 16;

    private readonly SeriesTable _table = table;
    private readonly Lock _headLock = new();
    private readonly Stack<EntryChunk> _spare = new(MaxSpareChunks);
    private EntryChunk _head = new(EntryChunk.UsualLength);
    private int _headOffset;
    private int _count;
    private long _bytes;

    /// <summary>Fewer entries than this do not wake the shard's loop.</summary>
    private int _wakeAt = 1;

    /// <summary>The writer's own.</summary>
    private EntryChunk? _tail;
    private int _unpublished;
    private long _unpublishedBytes;

    /// <summary>Behind the last entry that was removed.</summary>
    private SamplePosition _doneUpTo;

    /// <summary>How many entries it takes: fewer while memory is tight, where the rest is left to the disk.</summary>
    public int Capacity => memory is { IsTight: true } ? Math.Min(capacity, tightCapacity) : capacity;

    /// <summary>How many entries wait or are being sent.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The memory that entries may take.</summary>
    public long CapacityBytes => (long)Capacity * MaxMeanEntryBytes;

    /// <summary>Wakes the shard's loop when as many entries are there as it waits for.</summary>
    public AsyncSignal Added { get; } = new();

    /// <summary>Wakes the reader of the disk when there is room again.</summary>
    public AsyncSignal Removed { get; } = new();

    /// <summary>True when so many more entries of so many bytes fit; only the one that adds may rely on it.</summary>
    public bool HasRoom(int entries, long bytes) =>
        Count + _unpublished + entries <= Capacity
        && (Interlocked.Read(ref _bytes) + _unpublishedBytes + bytes <= CapacityBytes || Count + _unpublished == 0);

    /// <summary>
    /// Adds an entry, for which the caller made sure there is room and which holds its series from now on. It counts from
    /// <see cref="Publish"/> on.
    /// </summary>
    public void Add(in QueuedEntry entry, ReadOnlySpan<byte> payload)
    {
        EntryChunk tail = _tail ??= _head;
        if (!tail.TryAppend(entry, payload))
        {
            EntryChunk next = TakeChunk(EntryChunk.LengthOf(entry));
            tail.Next = next;
            _tail = next;
            bool fits = next.TryAppend(entry, payload);
            Debug.Assert(fits, "a new piece holds the entry that it was made for");
        }

        _unpublished++;
        _unpublishedBytes += EntryChunk.LengthOf(entry);
    }

    /// <summary>
    /// From now on <see cref="Added"/> is set when an addition makes so many entries; whoever calls this looks at <see cref="Count"/>
    /// next, for those may be there already.
    /// </summary>
    public void WakeAt(int entries) => Interlocked.Exchange(ref _wakeAt, entries);

    /// <summary>Lets the shard see what was added.</summary>
    public void Publish()
    {
        if (_unpublished > 0)
        {
            Interlocked.Add(ref _bytes, _unpublishedBytes);
            int count = Interlocked.Add(ref _count, _unpublished);
            _unpublished = 0;
            _unpublishedBytes = 0;
            if (count >= Volatile.Read(ref _wakeAt))
            {
                Added.Set();
            }
        }
    }

    /// <summary>Finds the first entries without removing them; returns how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int PeekFirst(Span<EntryPlace> target)
    {
        int count = Math.Min(Count, target.Length);
        EntryChunk chunk = _head;
        int offset = _headOffset;
        for (int index = 0; index < count; index++)
        {
            SkipEnd(ref chunk, ref offset);
            target[index] = new EntryPlace(chunk, offset);
            offset += EntryChunk.LengthOf(chunk.EntryAt(offset));
        }

        return count;
    }

    /// <summary>Removes the first entries: they are dealt with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RemoveFirst(int count)
    {
        Debug.Assert(count > 0 && count <= Count, "what is removed is there");
        LetGo(count);
        lock (_headLock)
        {
            long bytes = 0;
            for (int index = 0; index < count; index++)
            {
                EntryChunk before = _head;
                SkipEnd(ref _head, ref _headOffset);
                if (!ReferenceEquals(before, _head))
                {
                    Spare(before);
                }

                ref readonly QueuedEntry entry = ref _head.EntryAt(_headOffset);
                SamplePosition position = entry.Position;
                _doneUpTo = position with { Ordinal = position.Ordinal + 1 };
                int length = EntryChunk.LengthOf(entry);
                _headOffset += length;
                bytes += length;
            }

            Interlocked.Add(ref _bytes, -bytes);
            Interlocked.Add(ref _count, -count);
        }

        Removed.Set();
    }

    /// <summary>Lets go of the series of all entries: the queue ends, and what is in it is read from the disk again.</summary>
    public void Abandon() => LetGo(Count + _unpublished);

    /// <summary>Needs no memory, so that what is held is let go also when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LetGo(int entries)
    {
        EntryChunk chunk = _head;
        int offset = _headOffset;
        using SeriesTable.LabelReader held = _table.ReadLabels();
        for (; entries > 0; entries--)
        {
            SkipEnd(ref chunk, ref offset);
            ref readonly QueuedEntry entry = ref chunk.EntryAt(offset);
            held.LetGo(entry.Series);
            offset += EntryChunk.LengthOf(entry);
        }
    }

    /// <summary>
    /// Every entry before this that was ever added is dealt with: the oldest one's position, or when there is none the place
    /// behind the last one, or <paramref name="taken"/> when that is further. Whatever is before <paramref name="taken"/> was
    /// published by the time of the call.
    /// </summary>
    public SamplePosition Progress(SamplePosition taken)
    {
        lock (_headLock)
        {
            if (Count > 0)
            {
                EntryChunk chunk = _head;
                int offset = _headOffset;
                SkipEnd(ref chunk, ref offset);
                return chunk.EntryAt(offset).Position;
            }

            return _doneUpTo > taken ? _doneUpTo : taken;
        }
    }

    /// <summary>Steps to the next piece at the end of one; an entry is known to follow.</summary>
    private static void SkipEnd(ref EntryChunk chunk, ref int offset)
    {
        if (offset == chunk.Used)
        {
            chunk = chunk.Next ?? throw new UnreachableException("a counted entry lies in no piece");
            offset = 0;
        }
    }

    private EntryChunk TakeChunk(int entryLength)
    {
        if (entryLength > EntryChunk.UsualLength)
        {
            return new EntryChunk(entryLength);
        }

        lock (_headLock)
        {
            return _spare.TryPop(out EntryChunk? spare) ? spare : new EntryChunk(EntryChunk.UsualLength);
        }
    }

    /// <summary>Keeps a piece that was read for the writer; under the lock.</summary>
    private void Spare(EntryChunk chunk)
    {
        if (_spare.Count < MaxSpareChunks && chunk.Length == EntryChunk.UsualLength)
        {
            chunk.Reset();
            _spare.Push(chunk);
        }
    }
}
