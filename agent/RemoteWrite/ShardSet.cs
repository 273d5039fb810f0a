using AmpEdge.Agent.Buffer;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// A number of shards and how far they got. The number never changes: to have another one, the destination ends this set and
/// begins a new one where this one was, reading the disk.
/// </summary>
internal sealed class ShardSet
{
    private readonly Shard[] _shards;

    /// <summary>Positions of sets before this one that may lie ahead of where this one began. Oldest first.</summary>
    private readonly List<ShardPositions> _earlier;
    private readonly Lock _takenLock = new();
    private SamplePosition _taken;
    private bool _flush;

    public ShardSet(Shard[] shards, List<ShardPositions> earlier, SamplePosition start)
    {
        _shards = shards;
        _earlier = earlier;
        _taken = start;
    }

    public int Count => _shards.Length;

    /// <summary>Every sample before this was put into a queue, or needs none.</summary>
    public SamplePosition Taken
    {
        get
        {
            lock (_takenLock)
            {
                return _taken;
            }
        }

        set
        {
            lock (_takenLock)
            {
                _taken = value;
            }
        }
    }

    /// <summary>Samples that wait or are being sent.</summary>
    public int Pending
    {
        get
        {
            int pending = 0;
            foreach (Shard shard in _shards)
            {
                pending += shard.Queue.Count;
            }

            return pending;
        }
    }

    /// <summary>The memory that shards keep to encode the same series again.</summary>
    public long EncodedBytes
    {
        get
        {
            long bytes = 0;
            foreach (Shard shard in _shards)
            {
                bytes += shard.EncodedBytes;
            }

            return bytes;
        }
    }

    public ShardQueue QueueOf(ulong seriesHash) => _shards[ShardPositions.ShardOf(seriesHash, _shards.Length)].Queue;

    public ShardQueue Queue(int shard) => _shards[shard].Queue;

    /// <summary>True when an earlier set dealt with the sample already.</summary>
    public bool IsDone(ulong seriesHash, SamplePosition sample)
    {
        foreach (ShardPositions set in _earlier)
        {
            if (set.Covers(seriesHash, sample))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How far the shards got, with the earlier sets that still matter; the last one is this set's own.</summary>
    public List<ShardPositions> Positions()
    {
        // Asked for before the queues: whatever it covers is either in a queue now or dealt with.
        SamplePosition taken = Taken;
        SamplePosition[] positions = new SamplePosition[_shards.Length];
        for (int shard = 0; shard < positions.Length; shard++)
        {
            positions[shard] = _shards[shard].Queue.Progress(taken);
        }

        ShardPositions own = new(positions);
        SamplePosition min = own.Min;
        List<ShardPositions> all = [];
        foreach (ShardPositions set in _earlier)
        {
            if (set.Max > min)
            {
                all.Add(set);
            }
        }

        all.Add(own);
        return all;
    }

    /// <summary>Batches do not wait to be filled any more, and shards with nothing left end.</summary>
    public void Flush()
    {
        Volatile.Write(ref _flush, true);
        foreach (Shard shard in _shards)
        {
            shard.Queue.Added.Set();
        }
    }

    /// <summary>Lets go of the series of what waits: the set ended, and what it did not deliver is read from the disk.</summary>
    public void Abandon()
    {
        foreach (Shard shard in _shards)
        {
            shard.Queue.Abandon();
        }
    }

    /// <summary>Runs all shards; see <see cref="Shard.RunAsync"/>.</summary>
    public Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        Task[] running = new Task[_shards.Length];
        for (int shard = 0; shard < running.Length; shard++)
        {
            Shard own = _shards[shard];
            running[shard] = Task.Run(() => own.RunAsync(IsFlushing, stop, abort), CancellationToken.None);
        }

        return Task.WhenAll(running);
    }

    private bool IsFlushing() => Volatile.Read(ref _flush);
}
