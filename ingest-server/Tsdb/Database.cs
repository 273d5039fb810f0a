using System.Collections.Concurrent;
using System.Security.Cryptography;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// A time series database in one folder: a log of requests, the head that holds the newest samples, and blocks of the older
/// ones. Thread-safe. One process opens a folder at a time.
/// </summary>
/// <remarks>
/// <code>
///   folder/
///     lock            held while the database is open
///     head.start      where the head starts (FORMAT.md)
///     wal/            00000001.wal, 00000002.wal, …
///     01ABC…/         a block, in Prometheus's format
/// </code>
/// Memory is bounded by <see cref="DatabaseOptions.MaxHeadBytes"/>, the disk by <see cref="Retention"/> and
/// <see cref="RetentionBytes"/>; <see cref="Maintain"/> sees to both.
/// </remarks>
public sealed class Database : IDisposable
{
    /// <summary>The page cache of a database that shares none.</summary>
    private const long OwnCacheBytes = 64 * 1024 * 1024;

    internal const string LogFolder = "wal";
    internal const string LockFile = "lock";

    private readonly DatabaseOptions _options;
    private readonly TimeProvider _time;
    private readonly IDisposable _folderLock;
    private readonly WalWriter _wal;
    private readonly HeadLog _log;
    private readonly Head _head;
    private readonly BlockSet _blocks;
    private readonly Upkeep _upkeep;
    private readonly HeadBudget.Member _budget;
    private readonly HeadWeight _weight;
    private readonly PageCache _pages;
    private readonly ConcurrentBag<Appender> _appenders = [];
    private int _activeAppenders;
    private readonly Lock _maintenanceLock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly DiskFailures _failures = new();
    private readonly MaintenanceTimer _maintenance;
    private readonly AcceptedTimes _times;
    private Task _syncing = Task.CompletedTask;
    private HeadSnapshot? _snapshot;
    private bool _disposed;

    private Database(
        DatabaseOptions options, TimeProvider time, IDisposable folderLock, WalWriter wal, BlockSet blocks, ulong hashSeed,
        HeadBudget.Member budget, PageCache pages, DatabaseTimings timings)
    {
        Timings = timings;
        _blocks = blocks;
        _budget = budget;
        _pages = pages;
        _options = options;
        _time = time;
        _folderLock = folderLock;
        _wal = wal;
        _log = new HeadLog(wal, options.SegmentBytes);
        _head = new Head(options, hashSeed);
        _weight = new HeadWeight(_head, options.MaxHeadBytes, budget);
        _upkeep = new Upkeep(options, _head, _weight, _log, blocks, new UlidSource(time, hashSeed), timings, time);
        _maintenance = new MaintenanceTimer(options.MaintenanceInterval, time, MaintainUnlessClosed, _failures);
        _times = new AcceptedTimes(options, _head, _upkeep, time);
        OutOfOrderWindow = options.OutOfOrderWindow;
    }

    /// <summary>
    /// How much older than the newest sample of all a sample may be that comes out of order in its series. May be changed
    /// at any time, for the requests that begin from then on. The head keeps so much time in it, beside what it keeps anyway.
    /// </summary>
    public TimeSpan OutOfOrderWindow
    {
        get => _upkeep.OutOfOrderWindow;
        set => _upkeep.OutOfOrderWindow = value;
    }

    /// <summary>What opening found in the log.</summary>
    public ReplayReport Replay { get; private set; } = new(0, 0, 0, 0, []);

    /// <summary>Blocks that cannot be read, found at the start or since; queries answer without the former.</summary>
    public IReadOnlyList<SetAsideBlock> SetAsideBlocks => _blocks.SetAside;

    /// <summary>How long samples are kept (<see cref="DatabaseOptions.Retention"/>); maintenance keeps to a new value.</summary>
    public TimeSpan Retention
    {
        get => _upkeep.Retention;
        set => _upkeep.Retention = value;
    }

    /// <summary>What blocks and log may take (<see cref="DatabaseOptions.RetentionBytes"/>); 0 for any amount.</summary>
    public long RetentionBytes
    {
        get => _upkeep.RetentionBytes;
        set => _upkeep.RetentionBytes = value;
    }

    /// <summary>Who is told how long compactions, syncs and the like took.</summary>
    public DatabaseTimings Timings { get; }

    /// <summary>Series in the head, with samples there; cheap, for limits.</summary>
    public int SeriesCount => _head.LiveSeries;

    /// <summary>
    /// Opens or makes a database: takes the folder's lock, opens its blocks, cuts a torn tail off the log and reads it into
    /// the head.
    /// </summary>
    /// <param name="folder">Made when it is absent.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="files">The disk.</param>
    /// <param name="time">Clock of the future bound, the sync interval and maintenance.</param>
    /// <param name="hashSeed">Keys the hash tables, so that senders cannot choose collisions; random when null.</param>
    /// <param name="memory">Shared by the databases of a process; its own when null.</param>
    /// <exception cref="IOException">The folder is in use by another process, or the disk failed.</exception>
    public static Database Open(
        string folder, DatabaseOptions options, IFileSystem files, TimeProvider time, ulong? hashSeed = null,
        SharedMemory? memory = null)
    {
        options.Check();
        memory ??= new SharedMemory(options.MaxHeadBytes, OwnCacheBytes, time);
        files.CreateFolder(folder);
        IDisposable folderLock = files.TryLock(Path.Combine(folder, LockFile))
            ?? throw new IOException(
                $"the database folder {folder} is in use by another process: stop it or choose another folder");
        BlockSet? blocks = null;
        WalWriter? wal = null;
        HeadBudget.Member? budget = null;
        try
        {
            DatabaseKey? key = DatabaseKey.Open(files, folder, options.Encryption);
            IFileSystem content = DatabaseKey.ContentOf(files, key);
            PageCache pages = memory.Pages.NewShare();
            blocks = BlockSet.Open(content, folder, pages);
            // The head's log begins segments itself, since what a good size is depends on how many series there are.
            DatabaseTimings timings = new();
            wal = WalWriter.Open(files, Path.Combine(folder, LogFolder), new WalOptions
            {
                SegmentSizeBytes = long.MaxValue,
                Cipher = key?.Log,
                Synced = elapsed => timings.LogSynced(elapsed),
                Time = time,
            });
            budget = memory.Heads.Join();
            Database database = new(options, time, folderLock, wal, blocks, hashSeed ?? RandomSeed(), budget, pages, timings);
            database.ReadLog(files, folder, key);
            return database;
        }
        catch
        {
            // Whatever it was, a folder that is not open is not in use: a later try may find it mended.
            budget?.Dispose();
            wal?.Dispose();
            blocks?.Dispose();
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>An appender for one request; dispose it to give it back.</summary>
    public Appender NewAppender()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_appenders.TryTake(out Appender? appender))
        {
            appender = new Appender(this, _head, _log.NewRecord(), TakeBack);
        }

        Interlocked.Increment(ref _activeAppenders);

        if (_weight.IsOverNow())
        {
            _maintenance.Ask();
        }

        TimeSpan window = OutOfOrderWindow;
        appender.Begin(
            _times.OldestMs(),
            window == TimeSpan.Zero ? long.MaxValue : _times.OldestLateMs(window),
            _times.NewestMs(),
            _weight.IsFull);
        return appender;
    }

    /// <summary>
    /// A view of everything committed until now; dispose it. <paramref name="cancel"/> ends what is asked of it.
    /// </summary>
    public DatabaseQuerier NewQuerier(CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new DatabaseQuerier(_head, _blocks, cancel);
    }

    /// <summary>
    /// Makes blocks of the head's older samples and longer blocks of short ones, and deletes what is older than the retention.
    /// </summary>
    /// <exception cref="IOException">The disk failed; the next run tries again.</exception>
    public void Maintain()
    {
        lock (_maintenanceLock)
        {
            RunUpkeep();
        }
    }

    /// <summary>
    /// Deletes the samples between two times, both inclusive, of the series that meet every matcher: no query that begins
    /// later sees them, one that runs may, and blocks lose them when they are next written. What a series gets later is not
    /// deleted, unless it comes out of order. On return the deletion is on the disk. Waits for a compaction to end.
    /// </summary>
    /// <exception cref="IOException">The disk failed; some are deleted, and deleting again deletes the others.</exception>
    public void Delete(IReadOnlyList<Matcher> matchers, long minTimeMs, long maxTimeMs)
    {
        lock (_maintenanceLock)
        {
            _head.Delete(matchers, new TimeInterval(minTimeMs, maxTimeMs), _log);
            foreach (Block block in _blocks.Blocks)
            {
                if (block.Meta.MinTimeMs <= maxTimeMs && block.Meta.MaxTimeMs > minTimeMs)
                {
                    block.Delete(matchers, minTimeMs, maxTimeMs);
                }
            }
        }

        _wal.Sync();
    }

    /// <summary>Writes every block anew that has deleted samples in it, so that the disk has them no more.</summary>
    /// <exception cref="IOException">The disk failed; what is deleted stays hidden.</exception>
    public void CleanTombstones()
    {
        lock (_maintenanceLock)
        {
            _upkeep.CleanTombstones(_stop.Token);
        }
    }

    /// <summary>
    /// Makes a folder <c>snapshots/&lt;name&gt;</c> of all blocks as they are now, by hard links; appends and queries go on.
    /// </summary>
    /// <param name="name">The folder's name, used for no snapshot before.</param>
    /// <param name="withHead">Whether the samples of the head are written there as blocks of their own.</param>
    /// <exception cref="IOException">The disk failed; there is no snapshot.</exception>
    public void Snapshot(string name, bool withHead)
    {
        lock (_maintenanceLock)
        {
            _upkeep.Snapshot(name, withHead, _stop.Token);
        }
    }

    /// <summary>Returns when everything committed so far is on the disk.</summary>
    /// <exception cref="WalSyncException">The disk did not confirm it.</exception>
    public void Sync() => _wal.Sync();

    /// <summary>The database in numbers.</summary>
    public HeadStats Stats() =>
        HeadStats.Of(_head, _weight, _log, _failures, _upkeep.Counters.LogTruncations, Volatile.Read(ref _activeAppenders));

    /// <summary>The blocks and their upkeep in numbers.</summary>
    public UpkeepStats UpkeepStats() => _upkeep.Stats();

    /// <summary>How many series have a label value, such as a metric name: one lookup, for limits.</summary>
    public int SeriesCountOf(ReadOnlySpan<byte> labelName, ReadOnlySpan<byte> value)
    {
        int place = _head.Retirement.Enter(out _, out _);
        try
        {
            return _head.Index.TryGetName(labelName, out LabelValues? values)
                ? PostingLists.Count(values.ListOf(value))
                : 0;
        }
        finally
        {
            _head.Retirement.Leave(place);
        }
    }

    /// <summary>
    /// What the index holds most of, at most <paramref name="limit"/> rows of each kind; walks every label value.
    /// </summary>
    public IndexStatistics IndexStatistics(int limit)
    {
        int place = _head.Retirement.Enter(out _, out _);
        try
        {
            return IndexCensus.Take(_head.Index, _head.LiveSeries, limit);
        }
        finally
        {
            _head.Retirement.Leave(place);
        }
    }

    /// <summary>Syncs the log and closes the files. Appenders and queriers must be gone.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _maintenance.Dispose();
        _stop.Cancel();
        // The committer's loop syncs once more on its way out.
        _syncing.GetAwaiter().GetResult();
        lock (_maintenanceLock)
        {
            IReadOnlyList<WalSegment> segments = _wal.Segments();
            _log.Dispose();
            WriteSnapshot(segments);
            _blocks.Dispose();
            _pages.EndShare();
            _budget.Dispose();
            _folderLock.Dispose();
        }

        _stop.Dispose();
    }

    /// <summary>A disk that refuses costs the next start its time and nothing else: the log has everything.</summary>
    private void WriteSnapshot(IReadOnlyList<WalSegment> segments)
    {
        if (!_options.SnapshotOnClose || _snapshot is null)
        {
            return;
        }

        try
        {
            _snapshot.Write(_head, _log, segments);
        }
        catch (IOException failure)
        {
            _failures.OfSnapshot(failure);
        }
    }

    internal CommitResult Commit(PendingRequest request)
    {
        CommitResult result = _head.Commit(request, _log);
        if (_options.FsyncInterval == TimeSpan.Zero)
        {
            _wal.Sync();
        }

        return result;
    }

    private void TakeBack(Appender appender)
    {
        Interlocked.Decrement(ref _activeAppenders);
        _appenders.Add(appender);
    }

    internal static ulong RandomSeed()
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(seed);
        return BitConverter.ToUInt64(seed);
    }

    private void ReadLog(IFileSystem files, string folder, DatabaseKey? key)
    {
        long started = _time.GetTimestamp();
        HeadStart start = HeadStart.Read(_blocks.Files, folder, out string? damage);
        _snapshot = new HeadSnapshot(_blocks.Files, folder);
        bool fromSnapshot = _snapshot.TryLoad(_head, _log, _wal.Segments());

        // Samples before the start may be in blocks too; those that came out of order are in none. Queries see each once.
        ReplayReport replay = fromSnapshot
            ? new ReplayReport(0, 0, 0, 0, []) { FromSnapshot = true }
            : new LogReplay(_head, _log, start, key?.Log).Run(files, Path.Combine(folder, LogFolder), _wal.CutTail);
        SyncLog(files, Path.Combine(folder, LogFolder));
        Replay = replay with
        {
            Damages = damage is null ? replay.Damages : [.. replay.Damages, damage],
            Duration = _time.GetElapsedTime(started),
        };
        _upkeep.Begin(start);
        _weight.Weigh();
        Start();
    }

    /// <summary>
    /// What the last process logged in its last second may be with the operating system only, and nobody else forces it to
    /// the disk.
    /// </summary>
    private static void SyncLog(IFileSystem files, string folder)
    {
        foreach (WalSegment segment in SegmentFolder.List(files, folder))
        {
            using IFile file = files.OpenWrite(Path.Combine(folder, segment.Index.FileName));
            file.Sync();
        }

        files.SyncFolder(folder);
    }

    private void Start()
    {
        TimeSpan interval = _options.FsyncInterval == TimeSpan.Zero ? WalCommitter.DefaultInterval : _options.FsyncInterval;
        _syncing = new WalCommitter(_wal, interval, _time, _failures.OfSync).RunAsync(_stop.Token);
        _maintenance.Start();
    }

    /// <summary>
    /// Deletions and snapshots are waited for: who asks for them all the time would else keep the head from being cut.
    /// </summary>
    private void MaintainUnlessClosed()
    {
        lock (_maintenanceLock)
        {
            if (_disposed)
            {
                return;
            }

            try
            {
                RunUpkeep();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The database closes; a compaction is given up and planned anew at the next start.
            }
        }
    }

    private void RunUpkeep()
    {
        try
        {
            _upkeep.Run(_stop.Token);
        }
        finally
        {
            _weight.Weigh();
        }
    }
}
