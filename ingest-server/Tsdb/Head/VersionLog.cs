namespace AmpEdge.Tsdb;

/// <summary>
/// Remembers how many samples a series had before older commits, for queries that are still reading as of before them.
/// A series itself remembers that for its last commit only, so this is needed, and filled, only while a query runs
/// across two commits to one series.
/// </summary>
/// <remarks>
/// Two generations: the older one is dropped when no query is left that began before its end. At
/// <see cref="MaxEntries"/> nothing more is remembered; a query that old then sees whole later requests too, which
/// <see cref="Overflows"/> counts.
/// </remarks>
internal sealed class VersionLog
{
    public const int MaxEntries = 4 * 1024 * 1024;
    private const int RotateEntries = 64 * 1024;

    private readonly Lock _lock = new();
    private Generation _current = new();
    private Generation _older = new();
    private long _overflows;

    /// <summary>Entries that were not remembered for lack of room.</summary>
    public long Overflows => Interlocked.Read(ref _overflows);

    /// <summary>Entries remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _current.Entries + _older.Entries;
            }
        }
    }

    /// <summary>Notes that a series had so many samples before a commit; those of one series come in rising order.</summary>
    public void Record(uint series, long sequence, uint appendedBefore)
    {
        lock (_lock)
        {
            if (_current.Entries + _older.Entries >= MaxEntries)
            {
                Interlocked.Increment(ref _overflows);
                return;
            }

            _current.Add(series, sequence, appendedBefore);
        }
    }

    /// <summary>
    /// The count before the first commit after <paramref name="visibleSequence"/>, if a commit that old was remembered.
    /// </summary>
    public bool TryGet(uint series, long visibleSequence, out uint appended)
    {
        lock (_lock)
        {
            return _older.TryGet(series, visibleSequence, out appended)
                || _current.TryGet(series, visibleSequence, out appended);
        }
    }

    /// <summary>Forgets what no query needs any more, given the oldest snapshot in use.</summary>
    public void Trim(long oldestSequence)
    {
        lock (_lock)
        {
            if (_older.Entries > 0 && oldestSequence >= _older.End)
            {
                _older.Clear();
            }

            bool full = _current.Entries > 0 && (oldestSequence >= _current.End || _current.Entries > RotateEntries);
            if (full && _older.Entries == 0)
            {
                (_current, _older) = (_older, _current);
            }
        }
    }

    /// <summary>What was recorded between two rotations.</summary>
    private sealed class Generation
    {
        private readonly Dictionary<uint, List<(long Sequence, uint Appended)>> _bySeries = [];

        public int Entries { get; private set; }

        /// <summary>The newest commit recorded here.</summary>
        public long End { get; private set; }

        public void Add(uint series, long sequence, uint appended)
        {
            if (!_bySeries.TryGetValue(series, out List<(long Sequence, uint Appended)>? commits))
            {
                _bySeries[series] = commits = new List<(long Sequence, uint Appended)>(1);
            }

            commits.Add((sequence, appended));
            Entries++;

            // Rising per series only: a slower sender's series come with older commits than those recorded before.
            End = Math.Max(End, sequence);
        }

        public bool TryGet(uint series, long visibleSequence, out uint appended)
        {
            appended = 0;
            if (!_bySeries.TryGetValue(series, out List<(long Sequence, uint Appended)>? commits))
            {
                return false;
            }

            int index = commits.FindIndex(commit => commit.Sequence > visibleSequence);
            appended = index < 0 ? 0 : commits[index].Appended;
            return index >= 0;
        }

        public void Clear()
        {
            _bySeries.Clear();
            Entries = 0;
            End = 0;
        }
    }
}
