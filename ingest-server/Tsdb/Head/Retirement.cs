using System.Diagnostics;

namespace AmpEdge.Tsdb;

/// <summary>
/// Keeps memory that was unlinked until nobody can hold a reference to it any more. Queriers and appenders register and
/// get the sequence number of the last visible commit; what a later commit unlinks is released once all of those have
/// left that were there before it.
/// </summary>
/// <remarks>
/// Thread-safe. Commits that are under way together queue pieces in any order, so one may wait a little longer than it had
/// to. The queue is bounded by what commits can unlink during the longest query or request; its length is
/// <see cref="Waiting"/>. <see cref="Publish"/> belongs to one commit at a time.
/// </remarks>
internal sealed class Retirement
{
    private readonly Lock _participantsLock = new();
    private readonly Lock _retiredLock = new();
    private readonly Queue<RetiredItem> _retired = new();

    /// <summary>Per place, the sequence its holder saw on entering; -1 for a free place.</summary>
    private long[] _participants = new long[16];
    private int _participantCount;
    private long _visibleSequence;

    /// <summary>Where the ids of series end that the visible commits made.</summary>
    private uint _visibleIdEnd = 1;

    public Retirement() => Array.Fill(_participants, -1);

    /// <summary>The last commit that queries see.</summary>
    public long VisibleSequence => Volatile.Read(ref _visibleSequence);

    /// <summary>Unlinked pieces that still wait for somebody to leave.</summary>
    public int Waiting
    {
        get
        {
            lock (_retiredLock)
            {
                return _retired.Count;
            }
        }
    }

    /// <summary>How many queriers and appenders are registered.</summary>
    public int Participants => Volatile.Read(ref _participantCount);

    /// <summary>
    /// Registers; <paramref name="sequence"/> is the snapshot to be seen until <see cref="Leave"/>, and series from
    /// <paramref name="idEnd"/> on came after it.
    /// </summary>
    public int Enter(out long sequence, out uint idEnd)
    {
        lock (_participantsLock)
        {
            int place = Array.IndexOf(_participants, -1);
            if (place < 0)
            {
                place = _participants.Length;
                Array.Resize(ref _participants, place * 2);
                Array.Fill(_participants, -1, place, place);
            }

            _participantCount++;
            sequence = _visibleSequence;
            idEnd = _visibleIdEnd;
            _participants[place] = sequence;
            return place;
        }
    }

    public void Leave(int place)
    {
        lock (_participantsLock)
        {
            Debug.Assert(_participants[place] >= 0, "left twice");
            _participants[place] = -1;
            _participantCount--;
        }
    }

    /// <summary>The oldest snapshot that somebody may read, or the visible one when there is nobody.</summary>
    public long OldestSequence()
    {
        lock (_participantsLock)
        {
            long oldest = _visibleSequence;
            foreach (long sequence in _participants)
            {
                oldest = sequence >= 0 && sequence < oldest ? sequence : oldest;
            }

            return oldest;
        }
    }

    /// <summary>Makes everything written up to this commit visible to those who enter from now on.</summary>
    public void Publish(long sequence, uint idEnd)
    {
        lock (_participantsLock)
        {
            Debug.Assert(sequence > _visibleSequence, "commits are published in order");
            Volatile.Write(ref _visibleSequence, sequence);
            _visibleIdEnd = idEnd;
        }
    }

    /// <summary>Queues a piece that commit <paramref name="sequence"/> unlinked.</summary>
    public void Retire(long sequence, RetiredKind kind, uint reference)
    {
        lock (_retiredLock)
        {
            _retired.Enqueue(new RetiredItem(sequence, kind, reference));
        }
    }

    /// <summary>Takes the next piece that nobody can reach, given the result of <see cref="OldestSequence"/>.</summary>
    public bool Release(long oldestSequence, out RetiredItem item)
    {
        lock (_retiredLock)
        {
            return _retired.TryPeek(out item) && item.Sequence <= oldestSequence && _retired.TryDequeue(out item);
        }
    }
}
