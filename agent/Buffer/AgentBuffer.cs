using AmpEdge.Agent.Budget;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Buffer;

/// <summary>
/// Every scraped sample on the disk until each destination has it. One writer for all scrapes; destinations take fresh
/// samples from memory (<see cref="IDestination.Offer"/>) and read the disk only when they are behind.
/// </summary>
/// <remarks>
/// A segment describes each series before its first sample in it, so any segment can be read alone, the oldest file can be
/// deleted at any time, and start-up reads nothing but the newest segment's tail. Lock order: commit lock, then the series
/// table's, then the log's own.
/// </remarks>
internal sealed class AgentBuffer : IDisposable
{
    private const string LockFile = "lock";
    private const string SegmentsFolder = "segments";
    private const string PositionsFolder = "positions";

    /// <summary>More than that commit at the same time only now and then; each keeps room for the largest scrape it has seen.</summary>
    private const int MaxIdleAppenders = 16;

    /// <summary>Three times as many bytes of samples as of descriptions.</summary>
    private const int DescribedPart = 4;

    private readonly Lock _commitLock = new();
    private readonly Lock _appendersLock = new();
    private readonly Stack<BufferAppender> _appenders = [];
    private readonly WalBatch _batch;
    private readonly CommitLayout _layout;
    private readonly BufferOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BufferMetrics _metrics;
    private readonly RepeatedErrorGate _writeFailures;
    private readonly List<SeriesRef> _removed = [];
    private readonly IDisposable? _folderLock;

    /// <summary>Published whole, changed under the commit lock.</summary>
    private IDestination[] _destinations = [];

    /// <summary>
    /// What destinations that are not attached at the moment still need, by their position file: before they are started,
    /// between two configurations, and while stopping. Published whole, changed under the commit lock.
    /// </summary>
    private Dictionary<string, SamplePosition> _parked = [];

    private AgentBuffer(
        IFileSystem files,
        WalWriter wal,
        IDisposable? folderLock,
        string positionsFolder,
        BufferOptions options,
        TimeProvider time,
        ILogger logger,
        BufferMetrics metrics)
    {
        Files = files;
        Wal = wal;
        Orders = new ScrapeOrders(Series);
        _batch = wal.NewBatch();
        _layout = new CommitLayout(_batch, Series, time);
        _folderLock = folderLock;
        PositionsPath = positionsFolder;
        _options = options;
        _time = time;
        _logger = logger;
        _metrics = metrics;
        _writeFailures = new RepeatedErrorGate(time);
        Truncator = new BufferTruncator(this, options, time, logger, metrics);
    }

    /// <summary>The series that scrapes refer to.</summary>
    public SeriesTable Series { get; } = new();

    /// <summary>What those who hold copies of what is in the buffer may hold.</summary>
    public MemoryBudget Memory => _options.Memory;

    /// <summary>The orders in which scrapes are written.</summary>
    internal ScrapeOrders Orders { get; }

    /// <summary>The log underneath, for readers.</summary>
    public WalWriter Wal { get; }

    public IFileSystem Files { get; }

    /// <summary>The folder of the delivery positions.</summary>
    public string PositionsPath { get; }

    public BufferTruncator Truncator { get; }

    public IReadOnlyList<IDestination> Destinations => Volatile.Read(ref _destinations);

    /// <summary>Opens the buffer in a folder, which is created when absent and belongs to one process at a time.</summary>
    /// <exception cref="IOException">The folder cannot be used, or another process uses it.</exception>
    public static AgentBuffer Open(
        IFileSystem files, string folder, BufferOptions options, TimeProvider time, ILogger logger, BufferMetrics metrics)
    {
        files.CreateFolder(folder);
        IDisposable? folderLock = !options.UseLockFile ? null : files.TryLock(Path.Combine(folder, LockFile))
            ?? throw new IOException($"{folder} is in use by another process: give each agent its own --storage.agent.path");
        string positionsFolder = Path.Combine(folder, PositionsFolder);
        files.CreateFolder(positionsFolder);
        WalWriter wal = WalWriter.Open(files, Path.Combine(folder, SegmentsFolder), new WalOptions
        {
            SegmentSizeBytes = Math.Max(options.SegmentSizeBytes, options.MaxSegmentSizeBytes),
            SyncEveryAppend = options.SyncInterval == TimeSpan.Zero,
            Cipher = options.Cipher,
            MinNextSegment = DeliveryPositions.HighestSegment(files, positionsFolder).Next,
        });
        BufferLog.Opened(logger, folder, wal.Segments().Count, wal.TotalBytes);
        if (wal.CutTail is { } cut)
        {
            metrics.CutBytes.Add(cut.LostBytes);
            BufferLog.TailCut(logger, cut.Message);
        }

        AgentBuffer buffer = new(files, wal, folderLock, positionsFolder, options, time, logger, metrics)
        {
            _parked = DeliveryPositions.NeededByFile(files, positionsFolder),
        };
        metrics.MaxBytes.Set(options.MaxBytes);
        metrics.Bytes.ReadFrom(() => wal.TotalBytes);
        metrics.CurrentSegment.ReadFrom(() => wal.End.Segment.Value);
        metrics.Series.ReadFrom(() => buffer.Series.Count);
        metrics.LabelBytes.ReadFrom(() => buffer.Series.LabelBytes);
        return buffer;
    }

    /// <summary>Syncs now and then, and deletes what is delivered, until <paramref name="stop"/>; then syncs once more.</summary>
    public Task RunAsync(CancellationToken stop)
    {
        TimeSpan interval = _options.SyncInterval > TimeSpan.Zero ? _options.SyncInterval : WalCommitter.DefaultInterval;
        WalCommitter committer = new(Wal, interval, _time, SyncFailed);
        return Task.WhenAll(committer.RunAsync(stop), Truncator.RunAsync(stop));
    }

    /// <summary>An appender for one scrape; dispose it to give it back.</summary>
    public BufferAppender RentAppender()
    {
        lock (_appendersLock)
        {
            return _appenders.TryPop(out BufferAppender? pooled) ? pooled : new BufferAppender(this);
        }
    }

    /// <summary>
    /// From now on the destination is offered every record, and nothing that it needs is deleted. The position returned is
    /// where the first offered record will stand at the earliest: what is before it must be read from the disk.
    /// </summary>
    public WalPosition Attach(IDestination destination)
    {
        lock (_commitLock)
        {
            _destinations = [.. _destinations, destination];
            Dictionary<string, SamplePosition> parked = new(_parked);
            parked.Remove(PositionsOf(destination.Name).Path);
            _parked = parked;
            return Wal.End;
        }
    }

    /// <summary>The destination is offered nothing any more; what it did not deliver is kept for when it comes back.</summary>
    public void Detach(IDestination destination)
    {
        lock (_commitLock)
        {
            _parked = new Dictionary<string, SamplePosition>(_parked)
            {
                [PositionsOf(destination.Name).Path] = destination.Needed,
            };
            _destinations = Array.FindAll(_destinations, other => !ReferenceEquals(other, destination));
        }
    }

    /// <summary>Only these destinations are configured: what others did not deliver is kept for nobody.</summary>
    public void KeepOnly(IReadOnlyCollection<string> destinationNames)
    {
        HashSet<string> kept = [];
        foreach (string name in destinationNames)
        {
            kept.Add(PositionsOf(name).Path);
        }

        lock (_commitLock)
        {
            Dictionary<string, SamplePosition> parked = [];
            foreach ((string path, SamplePosition needed) in _parked)
            {
                if (kept.Contains(path))
                {
                    parked.Add(path, needed);
                }
                else
                {
                    Files.Delete(path);
                }
            }

            _parked = parked;
        }
    }

    /// <summary>The file that remembers how far a destination got.</summary>
    public DeliveryPositions PositionsOf(string destination) => DeliveryPositions.For(Files, PositionsPath, destination);

    /// <summary>The first segment that any destination still needs.</summary>
    public SegmentIndex FirstNeededSegment()
    {
        lock (_commitLock)
        {
            SegmentIndex needed = Wal.End.Segment;
            foreach (IDestination destination in _destinations)
            {
                needed = Min(needed, destination.Needed.Record.Segment);
            }

            foreach (SamplePosition parked in _parked.Values)
            {
                needed = Min(needed, parked.Record.Segment);
            }

            return needed;
        }
    }

    /// <summary>Runs while no commit does; for a destination that goes from the disk back to memory.</summary>
    public TResult BetweenCommits<TResult>(Func<WalPosition, TResult> action)
    {
        lock (_commitLock)
        {
            return action(Wal.End);
        }
    }

    public void Dispose()
    {
        Wal.Dispose();
        _folderLock?.Dispose();
    }

    internal void Return(BufferAppender appender)
    {
        lock (_appendersLock)
        {
            if (_appenders.Count < MaxIdleAppenders)
            {
                _appenders.Push(appender);
            }
        }
    }

    /// <summary>Writes the lists, one record each, by one write.</summary>
    internal CommitOutcome Commit(ReadOnlySpan<SampleList> lists)
    {
        lock (_commitLock)
        {
            try
            {
                CommitUnderLock(lists);
                return CommitOutcome.Written;
            }
            catch (DiskFullException full)
            {
                return CommitOnFullDisk(lists, full);
            }
            catch (IOException failure)
            {
                return Lost(lists, failure, _metrics.LostWriteFailed, CommitOutcome.Failed);
            }
        }
    }

    private static int SampleCount(ReadOnlySpan<SampleList> lists)
    {
        int count = 0;
        foreach (SampleList list in lists)
        {
            count += list.Kind == SampleKind.Exemplar ? 0 : list.Count;
        }

        return count;
    }

    private static SegmentIndex Min(SegmentIndex left, SegmentIndex right) => left < right ? left : right;

    private CommitOutcome CommitOnFullDisk(ReadOnlySpan<SampleList> lists, DiskFullException full)
    {
        IOException failure = full;

        // Each try begins a segment anew where the first bytes of one fit and the commit does not, so that there is always one
        // more to shed: only those that were there before can make room.
        for (int left = Wal.Segments().Count; left > 0; left--)
        {
            try
            {
                if (!Truncator.ShedOldest(LossReason.DiskFull))
                {
                    break;
                }

                CommitUnderLock(lists);
                return CommitOutcome.Written;
            }
            catch (DiskFullException again)
            {
                failure = again;
            }
            catch (IOException other)
            {
                return Lost(lists, other, _metrics.LostWriteFailed, CommitOutcome.Failed);
            }
        }

        return Lost(lists, failure, _metrics.LostDiskFull, CommitOutcome.DiskFull);
    }

    private CommitOutcome Lost(
        ReadOnlySpan<SampleList> lists, IOException failure, CounterMetric counter, CommitOutcome outcome)
    {
        int samples = SampleCount(lists);
        counter.Add(samples);
        if (_writeFailures.ShouldLog(failure.Message, out long heldBack))
        {
            BufferLog.WriteFailed(_logger, samples, heldBack, failure.Message);
        }

        return outcome;
    }

    private void CommitUnderLock(ReadOnlySpan<SampleList> lists)
    {
        ForgetRemovedSeries();
        int length = _layout.MaxLength(lists, Wal.End.Segment);
        if (EndsSegment(length, Wal.End))
        {
            Wal.Rotate();
        }

        SegmentIndex segment = Wal.ReserveSegment(length);
        WalPosition start = WriteCommit(lists, segment);
        Invariant.Require(start.Segment == segment, "a batch stands in the segment that it was written for");
        _layout.Appended(segment);
        CountCommit(lists);
        foreach (EntriesRecord record in _layout.Records)
        {
            SampleColumns entries = lists[record.List].Columns.Slice(record.First, record.Count);
            WalPosition begin = start with { Offset = start.Offset + record.Offset };
            WalPosition end = start with { Offset = start.Offset + record.End };
            foreach (IDestination destination in _destinations)
            {
                destination.Offer(entries, begin, end);
            }
        }
    }

    /// <summary>A segment ends at its usual size, but not before descriptions of series are less than a part of it.</summary>
    private bool EndsSegment(int commitLength, WalPosition end)
    {
        long described = _layout.DescribedBytes(end.Segment);
        return described > 0 && end.Offset + commitLength > _options.SegmentSizeBytes && end.Offset >= DescribedPart * described;
    }

    private WalPosition WriteCommit(ReadOnlySpan<SampleList> lists, SegmentIndex segment)
    {
        try
        {
            _layout.Write(lists, segment);
            return Append();
        }
        catch
        {
            // The disk failed, or memory was too short to lay the commit out: none of it counts as written.
            _layout.NotAppended();
            throw;
        }
    }

    private void CountCommit(ReadOnlySpan<SampleList> lists)
    {
        foreach (SampleList list in lists)
        {
            KindOf(list).Add(list.Count);
            if (list.Count > 0 && list.Kind != SampleKind.Exemplar)
            {
                _metrics.Samples.Add(list.Count);
                _metrics.SamplesIn.Add(list.Count);
                _metrics.HighestTimestamp.Set(Math.Max(_metrics.HighestTimestamp.Value, list.Columns.NewestMs / 1000.0));
            }
        }

        _metrics.Commits.Increment();
    }

    private CounterMetric KindOf(SampleList list) => list.Kind switch
    {
        SampleKind.Sample => _metrics.Floats,
        SampleKind.Exemplar => _metrics.Exemplars,
        _ => _metrics.Histograms,
    };

    private void ForgetRemovedSeries()
    {
        _removed.Clear();
        Series.DrainRemoved(_removed);
        foreach (SeriesRef series in _removed)
        {
            _layout.Forget(series);
            Orders.Forget(series);
            foreach (IDestination destination in _destinations)
            {
                destination.Forget(series);
            }
        }
    }

    private WalPosition Append()
    {
        WalPosition before = Wal.End;
        try
        {
            return Wal.Append(_batch);
        }
        catch (WalSyncException failure)
        {
            // Written, only not confirmed: the records are with the operating system.
            SyncFailed(failure);
            return before;
        }
    }

    private void SyncFailed(IOException failure)
    {
        _metrics.SyncFailures.Increment();
        BufferLog.SyncFailed(_logger, failure.Message);
    }
}
