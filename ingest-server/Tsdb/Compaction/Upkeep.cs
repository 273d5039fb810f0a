namespace AmpEdge.Tsdb;

/// <summary>
/// What keeps a database in shape: the head's older samples become blocks, blocks become longer ones, what is too old or
/// too much is given up. One run at a time, on whichever thread asks.
/// </summary>
/// <remarks>
/// <para>
/// A cut of the head goes through these steps, and a crash between any two loses nothing: (1) commits before its end are
/// refused from now on, and the log begins a segment; (2) a block for each range is written; (3) queries see the blocks;
/// (4) the disk notes where the head starts; (5) once no older query is left the samples leave the head; (6) log segments
/// go of which everything is in blocks.
/// </para>
/// <para>Until (4) a restart has the samples in blocks and in the head; queries see those once.</para>
/// </remarks>
internal sealed class Upkeep
{
    /// <summary>The head is cut when it spans this many ranges: the half stays for what arrives late.</summary>
    private const double RangesHeld = 1.5;

    /// <summary>A head over its bytes is halved at most so many times in a run.</summary>
    private const int MostHalvings = 20;

    private readonly DatabaseOptions _options;
    private readonly Head _head;
    private readonly HeadLog _log;
    private readonly BlockSet _blocks;
    private readonly UlidSource _ulids;
    private readonly TimeProvider _time;
    private readonly long _rangeMs;
    private readonly HeadWeight _weight;
    private readonly DatabaseTimings _timings;

    /// <summary>Blocks that a compaction could not read; they are left alone until the next start.</summary>
    private readonly HashSet<Ulid> _failed = [];
    private PendingCut? _pending;
    private HeadStart _start = HeadStart.None;
    private long _outOfOrderTicks;
    private long _retentionTicks;
    private long _retentionBytes;

    /// <summary>How many commits there were when this was last looked at, and since when there are no more.</summary>
    private long _commitsSeen;
    private long _quietSince;

    public Upkeep(
        DatabaseOptions options, Head head, HeadWeight weight, HeadLog log, BlockSet blocks, UlidSource ulids, DatabaseTimings timings,
        TimeProvider time)
    {
        _timings = timings;
        _weight = weight;
        _options = options;
        _head = head;
        _log = log;
        _blocks = blocks;
        _ulids = ulids;
        _time = time;
        _rangeMs = (long)options.ChunkRange.TotalMilliseconds;
        _retentionTicks = options.Retention.Ticks;
        _retentionBytes = options.RetentionBytes;
    }

    public UpkeepCounters Counters { get; } = new();

    /// <summary>How long samples are kept, counted back from the newest one. May change at any time.</summary>
    public TimeSpan Retention
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _retentionTicks));
        set => Interlocked.Exchange(ref _retentionTicks, value.Ticks);
    }

    /// <summary>Samples of so much time before the newest one may still come, so they are not cut off. May change at any time.</summary>
    public TimeSpan OutOfOrderWindow
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _outOfOrderTicks));
        set => Interlocked.Exchange(ref _outOfOrderTicks, value.Ticks);
    }

    /// <summary>What blocks and log may take on the disk; 0 for any amount. May change at any time.</summary>
    public long RetentionBytes
    {
        get => Interlocked.Read(ref _retentionBytes);
        set => Interlocked.Exchange(ref _retentionBytes, value);
    }

    /// <summary>Takes over after a replay, and deletes what is past the retention before anybody sees it.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Begin(HeadStart start)
    {
        _start = start;
        _quietSince = _time.GetTimestamp();
        _head.Freeze(start.TimeMs, log: null, out _);
        DropPastRetention();
        TruncateLog();
        DeleteOldBlocks();
    }

    public UpkeepStats Stats()
    {
        IReadOnlyList<Block> blocks = _blocks.Blocks;
        return new UpkeepStats
        {
            Blocks = blocks.Count,
            BlockBytes = _blocks.SizeBytes,
            SymbolBytes = SymbolBytes(blocks),
            SetAside = _blocks.SetAside.Count,
            LowestTimeMs = Math.Min(_head.MinTimeMs, blocks.Count == 0 ? long.MaxValue : blocks[0].Meta.MinTimeMs),
            CompactionsTriggered = Counters.Runs,
            Compactions = Counters.Compactions,
            CompactionsFailed = Counters.CompactionsFailed,
            VerticalCompactions = Counters.VerticalCompactions,
            HeadTruncations = Counters.HeadTruncations,
            HeadTruncationsFailed = Counters.HeadTruncationsFailed,
            TimeRetentions = Counters.TimeRetentions,
            SizeRetentions = Counters.SizeRetentions,
            TombstoneCleanups = Counters.TombstoneCleanups,
        };
    }

    /// <summary>Does what is to be done now.</summary>
    /// <param name="stop">Ends a compaction; what it wrote is given up.</param>
    /// <exception cref="IOException">The disk failed; the next run tries again.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Run(CancellationToken stop)
    {
        Counters.CountRun();
        _blocks.DeleteUnread();
        DropPastRetention();
        if (FinishCut())
        {
            CutFullRanges(stop);
            CutForSpace(stop);
            CutWhenIdle(stop);
        }

        TruncateLog();
        DeleteOldBlocks();
        CompactAll(stop);
    }

    /// <summary>Writes blocks that have deletions anew, without what is deleted.</summary>
    /// <exception cref="IOException">The disk failed; blocks not written yet still hide what is deleted.</exception>
    public void CleanTombstones(CancellationToken stop)
    {
        long started = _time.GetTimestamp();
        foreach (Block block in new List<Block>(_blocks.Blocks))
        {
            if (block.Tombstones.Count > 0)
            {
                Compact([block], stop);
                Counters.CountCleanup();
            }
        }

        _timings.TombstonesCleaned(_time.GetElapsedTime(started));
    }

    /// <summary>Makes a folder of all blocks, and of the head's samples as blocks when wanted.</summary>
    /// <exception cref="IOException">The disk failed; there is no snapshot.</exception>
    public void Snapshot(string name, bool withHead, CancellationToken stop)
    {
        DatabaseSnapshot.Create(_blocks.Blocks, _blocks.Files, _blocks.Folder, name, folder =>
        {
            foreach ((long startMs, long firstMs) in withHead ? _head.Ranges(long.MaxValue) : [])
            {
                Ulid ulid = NewUlid();
                TimeInterval times = new(firstMs, BlockRanges.EndOf(startMs, _rangeMs) - 1);
                HeadBlock.Write(_head, _blocks.Files, folder, ulid, times, OfHead(ulid, isLate: false), stop);
            }
        });
    }

    private static long SymbolBytes(IReadOnlyList<Block> blocks)
    {
        long bytes = 0;
        foreach (Block block in blocks)
        {
            bytes += block.Index.Symbols.BytesHeld;
        }

        return bytes;
    }

    private static BlockCompaction OfHead(Ulid ulid, bool isLate) => new()
    {
        Level = 1,
        Sources = [ulid],
        Hints = isLate ? [BlockCompaction.FromOutOfOrder] : null,
    };

    /// <summary>Stops at the earliest time there is.</summary>
    private static long BackFrom(long timestampMs, TimeSpan span) =>
        timestampMs < long.MinValue + (long)span.TotalMilliseconds ? long.MinValue : timestampMs - (long)span.TotalMilliseconds;

    /// <summary>What is too old leaves the head without having been in a block.</summary>
    private void DropPastRetention() => Collect(BackFrom(_head.MaxTimeMs, Retention), lateUpTo: long.MaxValue);

    private void Collect(long minTimeMs, long lateUpTo)
    {
        long started = _time.GetTimestamp();
        _head.DropBefore(minTimeMs, lateUpTo);
        _timings.HeadCollected(_time.GetElapsedTime(started));
    }

    /// <summary>Deletes log segments of which everything is in blocks or past the retention.</summary>
    private void TruncateLog()
    {
        long started = _time.GetTimestamp();
        int deleted = _log.DeleteBefore(_start.TimeMs, _start.Segment);
        if (_head.MaxTimeMs != long.MinValue)
        {
            deleted += _log.DeleteBefore(BackFrom(_head.MaxTimeMs, Retention), int.MaxValue);
        }

        if (deleted > 0)
        {
            Counters.CountLogTruncation();
            _timings.LogTruncated(_time.GetElapsedTime(started));
        }
    }

    private void CutFullRanges(CancellationToken stop)
    {
        while (FirstUncutMs() is var firstMs && IsLong(firstMs))
        {
            Cut(BlockRanges.EndOf(firstMs, _rangeMs), stop);
            if (!FinishCut())
            {
                return;
            }
        }
    }

    /// <summary>The first sample that no cut has been at; those that came late wait for the next one.</summary>
    private long FirstUncutMs() => Math.Max(_head.MinTimeMs, _pending?.Start.TimeMs ?? _start.TimeMs);

    /// <summary>Samples stay as long as others may come before them.</summary>
    private bool IsLong(long firstMs) =>
        _head.MaxTimeMs > firstMs
        && (double)_head.MaxTimeMs - firstMs > Math.Max(RangesHeld * _rangeMs, OutOfOrderWindow.TotalMilliseconds + _rangeMs);

    /// <summary>Half of what a head over its bytes holds, by time, becomes a block before its time.</summary>
    private void CutForSpace(CancellationToken stop)
    {
        for (int halving = 0; halving < MostHalvings && _weight.Weigh() > 0; halving++)
        {
            long firstMs = FirstUncutMs();
            long endMs = firstMs + ((_head.MaxTimeMs - firstMs) / 2) + 1;
            if (firstMs >= _head.MaxTimeMs)
            {
                return;
            }

            Cut(endMs, stop);
            if (!FinishCut())
            {
                return;
            }
        }
    }

    /// <summary>A head that nothing was written to for hours goes into blocks as a whole, so that it takes no memory.</summary>
    private void CutWhenIdle(CancellationToken stop)
    {
        long commits = _head.Counters.Commits;
        if (commits != _commitsSeen)
        {
            (_commitsSeen, _quietSince) = (commits, _time.GetTimestamp());
        }

        bool isIdle = _options.IdleAfter > TimeSpan.Zero && _time.GetElapsedTime(_quietSince) >= _options.IdleAfter;
        if (isIdle && _head.LiveSeries > 0 && _head.MaxTimeMs is var newestMs and < long.MaxValue)
        {
            Cut(newestMs + 1, stop);
            FinishCut();
        }
    }

    /// <summary>Steps 1 to 3 of a cut.</summary>
    private void Cut(long endMs, CancellationToken stop)
    {
        long lateBeforeMs = _head.MinValidTimeMs;
        int segment;
        long frozenSequence;
        List<Block> made = [];
        try
        {
            segment = _head.Freeze(endMs, _log, out frozenSequence);
            foreach ((long startMs, long firstMs) in _head.Ranges(endMs))
            {
                Ulid ulid = NewUlid();
                TimeInterval times = new(firstMs, Math.Min(BlockRanges.EndOf(startMs, _rangeMs), endMs) - 1);
                BlockCompaction compaction = OfHead(ulid, isLate: times.MaxTimeMs < lateBeforeMs);
                long started = _time.GetTimestamp();
                if (HeadBlock.Write(_head, _blocks.Files, _blocks.Folder, ulid, times, compaction, stop) is not null)
                {
                    made.Add(_blocks.OpenNew(ulid));
                    Counters.CountCompaction(vertical: false);
                    _timings.Compacted(_time.GetElapsedTime(started));
                }
            }
        }
        catch
        {
            Counters.CountFailedTruncation();
            _blocks.Discard(made);
            throw;
        }

        _blocks.Replace([], made);
        _pending = new PendingCut(new HeadStart(endMs, segment), frozenSequence, _head.NextSequence());
    }

    /// <summary>Steps 4 and 5; false while queries that began before the cut keep its samples in the head.</summary>
    private bool FinishCut()
    {
        if (_pending is not { } cut)
        {
            return true;
        }

        if (!cut.IsNoted)
        {
            cut.Start.Write(_blocks.Files, _blocks.Folder);
            cut.IsNoted = true;
        }

        if (_head.Retirement.OldestSequence() < cut.SeenSequence)
        {
            return false;
        }

        Collect(cut.Start.TimeMs, cut.FrozenSequence);
        _pending = null;
        _start = cut.Start;
        Counters.CountTruncation();
        return true;
    }

    private void DeleteOldBlocks()
    {
        List<int> old = BlockRetention.TooOld(Extents(), NewestMs(), Retention);
        Remove(old);
        for (int count = 0; count < old.Count; count++)
        {
            Counters.CountTimeRetention();
        }

        List<int> over = BlockRetention.TooMuch(Extents(), _log.TotalBytes, RetentionBytes);
        Remove(over);
        for (int count = 0; count < over.Count; count++)
        {
            Counters.CountSizeRetention();
        }
    }

    private void Remove(List<int> places)
    {
        if (places.Count > 0)
        {
            IReadOnlyList<Block> blocks = _blocks.Blocks;
            _blocks.Replace(places.ConvertAll(place => blocks[place]), []);
        }
    }

    private long NewestMs()
    {
        long newestMs = _head.MaxTimeMs;
        foreach (Block block in _blocks.Blocks)
        {
            newestMs = Math.Max(newestMs, block.Meta.MaxTimeMs - 1);
        }

        return newestMs;
    }

    private List<BlockExtent> Extents()
    {
        List<BlockExtent> extents = [];
        foreach (Block block in _blocks.Blocks)
        {
            BlockMeta meta = block.Meta;
            extents.Add(new BlockExtent(
                meta.MinTimeMs, meta.MaxTimeMs, (long)meta.Stats.Series, block.Tombstones.Count, block.SizeBytes,
                meta.Compaction.Failed || _failed.Contains(meta.Ulid)));
        }

        return extents;
    }

    /// <summary>Compacts what there is to compact; a head that has become long meanwhile goes first.</summary>
    private void CompactAll(CancellationToken stop)
    {
        while (true)
        {
            CompactionPlanner planner = new(BlockRanges.For(_options.ChunkRange, Retention));
            IReadOnlyList<Block> blocks = _blocks.Blocks;
            List<int> plan = planner.Plan(Extents());
            if (plan.Count == 0)
            {
                return;
            }

            Compact(plan.ConvertAll(place => blocks[place]), stop);
            if (FinishCut())
            {
                CutFullRanges(stop);
            }
        }
    }

    private void Compact(List<Block> parents, CancellationToken stop)
    {
        long started = _time.GetTimestamp();
        try
        {
            Ulid ulid = NewUlid();
            BlockMeta? meta = BlockMerger.Write(_blocks.Files, _blocks.Folder, ulid, parents, Merged(parents), stop);
            _blocks.Replace(parents, meta is null ? [] : [_blocks.OpenNew(ulid)]);
            Counters.CountCompaction(Overlap(parents));
            _timings.Compacted(_time.GetElapsedTime(started));
        }
        catch (BlockCorruptionException broken)
        {
            // Without those that cannot be read the others go on; queries still name what is wrong.
            Counters.CountFailedCompaction();
            LeaveAlone(parents, broken);
        }
        catch (IOException)
        {
            Counters.CountFailedCompaction();
            throw;
        }
    }

    private void LeaveAlone(List<Block> parents, BlockCorruptionException broken)
    {
        Block? culprit = parents.Find(parent => broken.Path.StartsWith(parent.Folder + "/", StringComparison.Ordinal));
        foreach (Block parent in parents)
        {
            if (culprit is null || parent == culprit)
            {
                _failed.Add(parent.Ulid);
            }
        }

        _blocks.NoteBroken(culprit ?? parents[0], broken);
    }

    private static bool Overlap(List<Block> parents)
    {
        for (int place = 1; place < parents.Count; place++)
        {
            if (parents[place].Meta.MinTimeMs < parents[place - 1].Meta.MaxTimeMs)
            {
                return true;
            }
        }

        return false;
    }

    private static BlockCompaction Merged(List<Block> parents)
    {
        int level = 0;
        SortedSet<Ulid> sources = [];
        foreach (Block parent in parents)
        {
            level = Math.Max(level, parent.Meta.Compaction.Level);
            sources.UnionWith(parent.Meta.Compaction.Sources ?? [parent.Ulid]);
        }

        return new BlockCompaction
        {
            Level = level + 1,
            Sources = [.. sources],
            Parents = parents.ConvertAll(static parent => new BlockParent
            {
                Ulid = parent.Ulid,
                MinTimeMs = parent.Meta.MinTimeMs,
                MaxTimeMs = parent.Meta.MaxTimeMs,
            }),
        };
    }

    private Ulid NewUlid() => _ulids.Next(_blocks.Knows);
}
