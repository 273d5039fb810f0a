using System.Diagnostics;
using AmpEdge.Agent.Buffer;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// The samples that wait in one shard, first in first out. What is being sent stays in it until it is dealt with, so the first
/// sample's position says how far the shard got. Thread-safe.
/// </summary>
internal sealed class ShardQueue(int capacity)
{
    private const int FirstLength = 256;

    private readonly Lock _queueLock = new();
    private QueuedSample[] _ring = new QueuedSample[Math.Min(FirstLength, capacity)];
    private int _first;
    private int _count;

    /// <summary>Behind the last sample that was removed.</summary>
    private SamplePosition _doneUpTo;

    public int Capacity { get; } = capacity;

    public int Count
    {
        get
        {
            lock (_queueLock)
            {
                return _count;
            }
        }
    }

    /// <summary>How many more samples fit; only the one that adds may rely on it.</summary>
    public int Free => Capacity - Count;

    /// <summary>Wakes the shard's loop when something was added.</summary>
    public AsyncSignal Added { get; } = new();

    /// <summary>Wakes the reader of the disk when there is room again.</summary>
    public AsyncSignal Removed { get; } = new();

    /// <summary>False when the queue is full.</summary>
    public bool TryAdd(in QueuedSample sample)
    {
        lock (_queueLock)
        {
            if (_count == Capacity)
            {
                return false;
            }

            AddUnderLock(sample);
        }

        Added.Set();
        return true;
    }

    /// <summary>Adds those samples whose shard is <paramref name="shard"/>; the caller made sure of the room.</summary>
    public void AddSelected(ReadOnlySpan<QueuedSample> samples, ReadOnlySpan<int> shards, int shard)
    {
        lock (_queueLock)
        {
            for (int index = 0; index < samples.Length; index++)
            {
                if (shards[index] == shard)
                {
                    AddUnderLock(samples[index]);
                }
            }
        }

        Added.Set();
    }

    /// <summary>Copies the first samples without removing them; returns how many.</summary>
    public int CopyFirst(Span<QueuedSample> target)
    {
        lock (_queueLock)
        {
            int count = Math.Min(_count, target.Length);
            int untilWrap = Math.Min(count, _ring.Length - _first);
            _ring.AsSpan(_first, untilWrap).CopyTo(target);
            _ring.AsSpan(0, count - untilWrap).CopyTo(target[untilWrap..]);
            return count;
        }
    }

    /// <summary>Removes the first samples: they are dealt with.</summary>
    public void RemoveFirst(int count)
    {
        lock (_queueLock)
        {
            Debug.Assert(count > 0 && count <= _count, "what is removed is there");
            SamplePosition last = _ring[(_first + count - 1) % _ring.Length].Position;
            _doneUpTo = last with { Ordinal = last.Ordinal + 1 };
            for (int index = 0; index < count; index++)
            {
                // Lets go of the labels of series that are gone.
                _ring[_first] = default;
                _first = (_first + 1) % _ring.Length;
            }

            _count -= count;
        }

        Removed.Set();
    }

    /// <summary>
    /// Every sample before this that was ever added is dealt with: the oldest one's position, or when there is none the place
    /// behind the last one, or <paramref name="taken"/> when that is further. Whatever is before <paramref name="taken"/> was
    /// added by the time of the call.
    /// </summary>
    public SamplePosition Progress(SamplePosition taken)
    {
        lock (_queueLock)
        {
            if (_count > 0)
            {
                return _ring[_first].Position;
            }

            return _doneUpTo > taken ? _doneUpTo : taken;
        }
    }

    private void AddUnderLock(in QueuedSample sample)
    {
        if (_count == _ring.Length)
        {
            QueuedSample[] larger = new QueuedSample[Math.Min(Capacity, _ring.Length * 2)];
            _ring.AsSpan(_first).CopyTo(larger);
            _ring.AsSpan(0, _first).CopyTo(larger.AsSpan(_ring.Length - _first));
            _ring = larger;
            _first = 0;
        }

        _ring[(_first + _count) % _ring.Length] = sample;
        _count++;
    }
}
