using System.Runtime.ExceptionServices;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Series of a store that another thread finds and decodes while the query computes with those before them. A few series
/// are read at once by the query itself, since a short selection is done before another thread has begun.
/// </summary>
/// <remarks>
/// One thread at a time walks the store's series: it has the turn. The query never waits for a thread that has not begun: when
/// nothing is ready and nobody has the turn, it reads by itself. So a server without a free thread is slower, never stuck.
/// </remarks>
internal sealed class ReadAheadSeriesSet(ISeriesSet source) : ISeriesSet
{
    private const int SeriesReadAtOnce = 16;
    private const int MostReady = 2;

    /// <summary>Guards everything below it; pulsed when the turn is given back.</summary>
    private readonly object _gate = new();
    private readonly Queue<ReadBatch> _ready = new();
    private readonly Stack<ReadBatch> _free = new();
    private bool _turnTaken;
    private bool _readerAsked;
    private bool _ended;
    private bool _disposed;
    private ExceptionDispatchInfo? _failure;

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
        }
        else
        {
            samples.TakeFrom(_current.Samples(_index));
        }
    }

    /// <summary>Waits for the other thread, which reads one batch at most.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_turnTaken)
            {
                Monitor.Wait(_gate);
            }
        }

        source.Dispose();
    }

    /// <summary>The next series; an empty batch at the end.</summary>
    private ReadBatch NextBatch(ReadBatch? used)
    {
        ReadBatch own;
        lock (_gate)
        {
            if (used is not null)
            {
                _free.Push(used);
            }

            while (_ready.Count == 0 && _turnTaken)
            {
                Monitor.Wait(_gate);
            }

            if (_ready.TryDequeue(out ReadBatch? ready))
            {
                AskReader();
                return ready;
            }

            _failure?.Throw();
            own = Rent();
            if (_ended)
            {
                own.Clear();
                return own;
            }

            _turnTaken = true;
        }

        Read(own, keep: false);
        lock (_gate)
        {
            _failure?.Throw();
            AskReader();
        }

        return own;
    }

    /// <summary>Has the series after these read by another thread, unless enough are.</summary>
    private void AskReader()
    {
        if (!_readerAsked && MayRead)
        {
            _readerAsked = true;
            ThreadPool.UnsafeQueueUserWorkItem(static set => set.ReadAhead(), this, preferLocal: false);
        }
    }

    private bool MayRead => !_disposed && !_ended && _failure is null && _ready.Count < MostReady;

    private void ReadAhead()
    {
        while (true)
        {
            ReadBatch batch;
            lock (_gate)
            {
                if (_turnTaken || !MayRead)
                {
                    _readerAsked = false;
                    return;
                }

                _turnTaken = true;
                batch = Rent();
            }

            Read(batch, keep: true);
        }
    }

    /// <summary>Reads with the turn taken, and gives it back. What fails is thrown where the query asks for the next series.</summary>
    private void Read(ReadBatch batch, bool keep)
    {
        bool more = false;
        ExceptionDispatchInfo? failure = null;
        try
        {
            more = batch.Fill(source);
        }
        catch (Exception failed)
        {
            failure = ExceptionDispatchInfo.Capture(failed);
        }

        lock (_gate)
        {
            _failure = failure;
            _ended = !more;
            _turnTaken = false;
            if (keep && failure is null && batch.Count > 0)
            {
                _ready.Enqueue(batch);
            }

            Monitor.PulseAll(_gate);
        }
    }

    private ReadBatch Rent() => _free.TryPop(out ReadBatch? batch) ? batch : new ReadBatch();
}
