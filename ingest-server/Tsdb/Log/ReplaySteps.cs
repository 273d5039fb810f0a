using System.Collections.Concurrent;

namespace AmpEdge.Tsdb;

/// <summary>
/// Brings what one thread reads from the log into the head on another, in the same order: while a record is applied, those
/// after it are checked and decoded and their series looked up. A few records are under way at most.
/// </summary>
internal sealed class ReplaySteps : IDisposable
{
    private const int MaxSteps = 8;

    private readonly Head _head;
    private readonly BlockingCollection<ReplayStep> _free = new(MaxSteps);
    private readonly BlockingCollection<ReplayStep> _ready = new(MaxSteps);
    private readonly Task _applying;
    private long _samples;

    public ReplaySteps(Head head)
    {
        _head = head;
        for (int step = 0; step < MaxSteps; step++)
        {
            _free.Add(new ReplayStep());
        }

        _applying = Task.Factory.StartNew(
            Apply, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Samples that the head took, once <see cref="Finish"/> has returned.</summary>
    public long Samples => _samples;

    /// <summary>An empty step, once one is free.</summary>
    public ReplayStep Take()
    {
        ReplayStep step = _free.Take();
        step.Clear();
        return step;
    }

    /// <summary>Gives a step back that is not to be applied.</summary>
    public void Return(ReplayStep step) => _free.Add(step);

    /// <summary>Hands a step over, to be applied behind those before it.</summary>
    public void Add(ReplayStep step) => _ready.Add(step);

    /// <summary>Returns when everything that was handed over is in the head; throws what went wrong there.</summary>
    public void Finish()
    {
        _ready.CompleteAdding();
        _applying.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _ready.CompleteAdding();
        Task.WaitAny(_applying);
        _ready.Dispose();
        _free.Dispose();
    }

    private void Apply()
    {
        try
        {
            foreach (ReplayStep step in _ready.GetConsumingEnumerable())
            {
                Apply(step);
                _free.Add(step);
            }
        }
        finally
        {
            // After a failure the reader must not wait for a free step for ever.
            foreach (ReplayStep rest in _ready.GetConsumingEnumerable())
            {
                _free.Add(rest);
            }
        }
    }

    private void Apply(ReplayStep step)
    {
        if (step.Deleted is { } matchers)
        {
            _head.Delete(matchers, step.DeletedTimes, log: null);
        }
        else
        {
            _samples += _head.Commit(step.Request, log: null).Appended;
        }
    }
}
