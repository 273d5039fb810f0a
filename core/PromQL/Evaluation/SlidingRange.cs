namespace AmpEdge.PromQL;

/// <summary>Which samples a window over a series covers. Windows only move on, so each sample is passed twice at most.</summary>
internal struct SlidingRange
{
    private int _end;

    /// <summary>The place of the first sample of the window.</summary>
    public int First { get; private set; }

    public readonly int Count => _end - First;

    /// <summary>Moves to a window that is open at its start and closed at its end.</summary>
    public void MoveTo(ReadOnlySpan<long> timestamps, long startMs, long endMs)
    {
        while (_end < timestamps.Length && timestamps[_end] <= endMs)
        {
            _end++;
        }

        while (First < _end && timestamps[First] <= startMs)
        {
            First++;
        }
    }
}
