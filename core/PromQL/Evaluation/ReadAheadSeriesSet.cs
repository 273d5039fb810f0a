using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Series of a store that other threads find and decode while the query computes with those before them. A few series are
/// read by the query itself first, since a short selection is done before another thread has begun.
/// </summary>
/// <remarks>
/// Series pass in batches. Whoever reads one walks over its series, which one thread does at a time, and then decodes them,
/// while others read the batches behind it. The query takes the batches in the order of the walk. As long as the one that it
/// needs is not ready it reads too, and waits only when nothing is left to read or enough is read: so a server without a
/// free thread is slower, never stuck.
/// </remarks>
/// <param name="source">The store's series.</param>
/// <param name="readers">How many threads may read besides the query's own.</param>
internal sealed class ReadAheadSeriesSet(ISeriesSet source, int readers) : ISeriesSet
{
    private const int SeriesReadAtOnce = 16;

    /// <summary>As many as keep all threads at work.</summary>
    private readonly int _mostBatches = 2 * (readers + 1);

    /// <summary>Guards everything below it; pulsed when a batch is ready, when the walk is given back and when a reader leaves.</summary>
    private readonly object _gate = new();

    /// <summary>Those that are ready or being decoded, in the order of the walk.</summary>
    private readonly Queue<ReadBatch> _batches = new();
    private readonly Stack<ReadBatch> _free = new();
    private int _readersAsked;
    private int _readersAtWork;
    private bool _walking;
    private bool _ended;
    private bool _disposed;

    /// <summary>How many samples a series has, by those that were decoded last.</summary>
    private int _samplesPerSeries;

    // Of the query's thread alone.
    private ReadBatch? _current;
    private int _index;
    private int _readAtOnce;

    public Labels Labels => _current is null ? source.Labels : _current.Labels(_index);

    public bool MoveNext()
    {
        if (_readAtOnce < SeriesReadAtOnce)
        {
            _readAtOnce++;
            return source.MoveNext();
        }

        if (_current is null || ++_index >= _current.Count)
        {
            _index = 0;
            _current = NextBatch(_current);
        }

        return _current.Count > 0;
    }

    public void Decode(SampleBuffer samples)
    {
        if (_current is null)
        {
            source.Decode(samples);
            _samplesPerSeries = samples.Count;
        }
        else
        {
            samples.TakeFrom(_current.Samples(_index));
        }
    }

    /// <summary>Waits for the threads that have begun, each of which reads one batch at most.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.PulseAll(_gate);
            while (_readersAtWork > 0)
            {
                Monitor.Wait(_gate);
            }
        }

        source.Dispose();
    }

    private bool MayWalk => !_walking && HasRoom;

    private bool HasRoom => !_ended && !_disposed && _batches.Count < _mostBatches;

    /// <summary>The next series; an empty batch at the end.</summary>
    private ReadBatch NextBatch(ReadBatch? used)
    {
        used?.Failure?.Throw();
        while (true)
        {
            ReadBatch? ready = TakeReady(used, out ReadBatch? toRead);
            used = null;
            if (ready is null)
            {
                Read(toRead!);
                continue;
            }

            if (ready.Count == 0)
            {
                ready.Failure?.Throw();
            }

            return ready;
        }
    }

    /// <summary>The next batch; or null and one that the caller is to read meanwhile.</summary>
    private ReadBatch? TakeReady(ReadBatch? used, out ReadBatch? toRead)
    {
        toRead = null;
        lock (_gate)
        {
            if (used is not null)
            {
                _free.Push(used);
            }

            while (true)
            {
                if (_batches.TryPeek(out ReadBatch? first) && first.IsReady)
                {
                    _batches.Dequeue();
                    AskReader();
                    return first;
                }

                if (first is null && _ended && !_walking)
                {
                    return Rent();
                }

                if (MayWalk)
                {
                    toRead = BeginWalk();
                    return null;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>What another thread does as long as there is room for batches.</summary>
    private void ReadAhead()
    {
        lock (_gate)
        {
            _readersAsked--;
            _readersAtWork++;
        }

        while (BeginWalkWhenFree() is { } batch)
        {
            Read(batch);
        }
    }

    /// <summary>Null when the thread is not needed any more.</summary>
    private ReadBatch? BeginWalkWhenFree()
    {
        lock (_gate)
        {
            while (_walking && HasRoom)
            {
                Monitor.Wait(_gate);
            }

            if (MayWalk)
            {
                return BeginWalk();
            }

            _readersAtWork--;
            Monitor.PulseAll(_gate);
            return null;
        }
    }

    private ReadBatch BeginWalk()
    {
        _walking = true;
        return Rent();
    }

    /// <summary>Reads a batch with the walk taken, which others may have while it is decoded.</summary>
    private void Read(ReadBatch batch)
    {
        bool more = batch.Walk(Volatile.Read(ref _samplesPerSeries));
        lock (_gate)
        {
            _walking = false;
            _ended |= !more;
            if (batch.Count > 0 || batch.Failure is not null)
            {
                _batches.Enqueue(batch);
                AskReader();
            }

            Monitor.PulseAll(_gate);
        }

        batch.Decode();
        lock (_gate)
        {
            batch.IsReady = true;
            _samplesPerSeries = batch.SamplesPerSeries();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Has the batches behind these read by another thread, unless enough are, or enough threads do.</summary>
    private void AskReader()
    {
        if (_readersAsked + _readersAtWork < readers && HasRoom)
        {
            _readersAsked++;
            ThreadPool.UnsafeQueueUserWorkItem(static set => set.ReadAhead(), this, preferLocal: false);
        }
    }

    private ReadBatch Rent()
    {
        ReadBatch batch = _free.TryPop(out ReadBatch? free) ? free : new ReadBatch(source);
        batch.Clear();
        return batch;
    }
}
