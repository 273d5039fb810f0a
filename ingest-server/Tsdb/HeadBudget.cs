namespace AmpEdge.Tsdb;

/// <summary>
/// What the heads of all databases of a process may take together. As long as there is room anybody may take it; when there
/// is none, the largest heads are cut back to a level that leaves each what it wants or an equal share. A head below an
/// equal share is never cut back for others. Thread-safe.
/// </summary>
public sealed class HeadBudget(long totalBytes)
{
    private readonly Lock _membersLock = new();
    private readonly List<Member> _members = [];
    private long _totalBytes = totalBytes;
    private long _usedBytes;

    /// <summary>The bound, in bytes. May be changed at any time.</summary>
    public long TotalBytes
    {
        get => Interlocked.Read(ref _totalBytes);
        set => Interlocked.Exchange(ref _totalBytes, value);
    }

    /// <summary>What the heads took when each was last weighed.</summary>
    public long UsedBytes => Interlocked.Read(ref _usedBytes);

    /// <summary>Enters a head, which takes nothing yet.</summary>
    internal Member Join()
    {
        Member member = new(this);
        lock (_membersLock)
        {
            _members.Add(member);
        }

        return member;
    }

    private void Leave(Member member)
    {
        member.Note(0);
        lock (_membersLock)
        {
            _members.Remove(member);
        }
    }

    private long AllowanceOf(Member member)
    {
        long free = TotalBytes - UsedBytes;
        return free >= 0 ? member.Bytes + free : LevelFor(member);
    }

    /// <summary>Gives to those who want least first; what the others then could have each is the level.</summary>
    private long LevelFor(Member member)
    {
        List<long> others = [];
        lock (_membersLock)
        {
            foreach (Member other in _members)
            {
                if (other != member)
                {
                    others.Add(other.Bytes);
                }
            }
        }

        others.Sort();
        long left = TotalBytes;
        int claimants = others.Count + 1;
        foreach (long bytes in others)
        {
            if (bytes > left / claimants)
            {
                break;
            }

            left -= bytes;
            claimants--;
        }

        return left / claimants;
    }

    /// <summary>One head's part; disposing it gives it back.</summary>
    internal sealed class Member(HeadBudget budget) : IDisposable
    {
        private long _bytes;

        /// <summary>What it took when it was last weighed.</summary>
        public long Bytes => Interlocked.Read(ref _bytes);

        /// <summary>What it may take now.</summary>
        public long Allowance => budget.AllowanceOf(this);

        /// <summary>Notes what it takes.</summary>
        public void Note(long bytes) => Interlocked.Add(ref budget._usedBytes, bytes - Interlocked.Exchange(ref _bytes, bytes));

        public void Dispose() => budget.Leave(this);
    }
}
