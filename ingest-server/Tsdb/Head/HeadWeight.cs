namespace AmpEdge.Tsdb;

/// <summary>What the head takes against what it may take: its own bound, or less when all heads of the process are at theirs.</summary>
internal sealed class HeadWeight(Head head, long maxBytes, HeadBudget.Member budget)
{
    /// <summary>How many label names make the head's bytes be added up at one request in so many fewer.</summary>
    private const int NamesPerRequest = 256;

    private readonly Head _head = head;
    private readonly long _maxBytes = maxBytes;
    private readonly HeadBudget.Member _budget = budget;
    private int _requestsToWeighing;
    private bool _isFull;

    /// <summary>What the head may take now.</summary>
    public long Limit => Math.Min(_maxBytes, _budget.Allowance);

    /// <summary>The head is so far over its bytes that no new series is made.</summary>
    public bool IsFull => Volatile.Read(ref _isFull);

    /// <summary>Adds the head's bytes up; returns by how many it is over what it may take, negative when it is not.</summary>
    public long Weigh()
    {
        long bytes = _head.BytesHeld();
        _budget.Note(bytes);
        long limit = Limit;
        Volatile.Write(ref _isFull, bytes > limit + (limit / 8));
        return bytes - limit;
    }

    /// <summary>
    /// Weighs at the beginning of a request, so that one sender cannot take memory for as long as maintenance waits; with
    /// many label names that costs more and is done more seldom. True when the head was found to be over its bytes.
    /// </summary>
    public bool IsOverNow()
    {
        if (Interlocked.Decrement(ref _requestsToWeighing) > 0)
        {
            return false;
        }

        Volatile.Write(ref _requestsToWeighing, 1 + (_head.Index.NameCount / NamesPerRequest));
        return Weigh() > 0;
    }
}
