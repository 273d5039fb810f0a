using System.Collections.Concurrent;
using System.Security.Cryptography;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// A time series database in one folder: a log of requests and the head that holds them. Thread-safe. One process opens
/// a folder at a time.
/// </summary>
/// <remarks>
/// <code>
///   folder/
///     lock            held while the database is open
///     wal/            00000001.wal, 00000002.wal, … (FORMAT.md)
/// </code>
/// Memory and disk are bounded by <see cref="DatabaseOptions.Retention"/> and <see cref="DatabaseOptions.MaxHeadBytes"/>:
/// what is older is deleted from both by <see cref="Maintain"/>.
/// </remarks>
public sealed class Database : IDisposable
{
    /// <summary>How many label names make the head's bytes be added up at one request in so many fewer.</summary>
    private const int NamesPerRequest = 256;

    /// <summary>Requests that find the head over its bytes do not ask for maintenance more often than this.</summary>
    private static readonly TimeSpan s_extraMaintenanceInterval = TimeSpan.FromSeconds(5);

    private const string LogFolder = "wal";
    private const string LockFile = "lock";

    private readonly DatabaseOptions _options;
    private readonly TimeProvider _time;
    private readonly IDisposable _folderLock;
    private readonly WalWriter _wal;
    private readonly HeadLog _log;
    private readonly Head _head;
    private readonly ConcurrentBag<Appender> _appenders = [];
    private readonly Lock _maintenanceLock = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _syncing = Task.CompletedTask;
    private ITimer? _maintenance;
    private long _syncsFailed;
    private long _truncations;
    private long _maintenanceFailures;
    private string? _lastDiskError;
    private bool _disposed;

    /// <summary>Requests until the head's bytes are added up again.</summary>
    private int _requestsToWeighing;

    /// <summary>The head is so far over its bytes that no new series is made.</summary>
    private bool _headIsFull;

    /// <summary>When a request last asked for maintenance before its time, as a timestamp of the clock; 0 for never.</summary>
    private long _lastAskedFor;

    private Database(
        DatabaseOptions options, TimeProvider time, IDisposable folderLock, WalWriter wal, ulong hashSeed)
    {
        _options = options;
        _time = time;
        _folderLock = folderLock;
        _wal = wal;
        _log = new HeadLog(wal, options.SegmentBytes);
        _head = new Head(options, hashSeed);
    }

    /// <summary>What opening found in the log.</summary>
    public ReplayReport Replay { get; private set; } = new(0, 0, 0, 0, []);

    /// <summary>Series with samples; cheap, for limits.</summary>
    public int SeriesCount => _head.LiveSeries;

    /// <summary>
    /// Opens or makes a database: takes the folder's lock, cuts a torn tail off the log and reads it into the head.
    /// </summary>
    /// <param name="folder">Made when it is absent.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="files">The disk.</param>
    /// <param name="time">Clock of the future bound, the sync interval and maintenance.</param>
    /// <param name="hashSeed">Keys the hash tables, so that senders cannot choose collisions; random when null.</param>
    /// <exception cref="IOException">The folder is in use by another process, or the disk failed.</exception>
    public static Database Open(
        string folder, DatabaseOptions options, IFileSystem files, TimeProvider time, ulong? hashSeed = null)
    {
        options.Check();
        files.CreateFolder(folder);
        IDisposable folderLock = files.TryLock(Path.Combine(folder, LockFile))
            ?? throw new IOException(
                $"the database folder {folder} is in use by another process: stop it or choose another folder");
        Database? database = null;
        try
        {
            string logFolder = Path.Combine(folder, LogFolder);
            // The head's log begins segments itself, since what a good size is depends on how many series there are.
            WalWriter wal = WalWriter.Open(files, logFolder, new WalOptions { SegmentSizeBytes = long.MaxValue });
            database = new(options, time, folderLock, wal, hashSeed ?? RandomSeed());
            database.Replay = new LogReplay(database._head, database._log).Run(files, logFolder, wal.CutTail);
            database.DeleteOld();
            database.Start();
            return database;
        }
        catch
        {
            // Whatever it was, a folder that is not open is not in use: a later try may find it mended.
            database?._log.Dispose();
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
            appender = new Appender(this, _head, _appenders.Add);
        }

        WeighNowAndThen();
        appender.Begin(OldestAcceptedMs(), NewestAcceptedMs(), Volatile.Read(ref _headIsFull));
        return appender;
    }

    /// <summary>
    /// A view of everything committed until now; dispose it. <paramref name="cancel"/> ends what is asked of it.
    /// </summary>
    public DatabaseQuerier NewQuerier(CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new DatabaseQuerier(_head, cancel);
    }

    /// <summary>Deletes what is older than the retention, and more when the head is over its bytes.</summary>
    /// <exception cref="IOException">The disk failed; the next run tries again.</exception>
    public void Maintain()
    {
        lock (_maintenanceLock)
        {
            DeleteOld();
        }
    }

    /// <summary>Returns when everything committed so far is on the disk.</summary>
    /// <exception cref="WalSyncException">The disk did not confirm it.</exception>
    public void Sync() => _wal.Sync();

    /// <summary>The database in numbers.</summary>
    public HeadStats Stats() => new()
    {
        Series = _head.LiveSeries,
        SeriesCreated = _head.Counters.SeriesCreated,
        SeriesRemoved = _head.Counters.SeriesRemoved,
        SamplesAppended = _head.Counters.SamplesAppended,
        Commits = _head.Counters.Commits,
        DuplicateSamples = _head.Counters.Of(AppendOutcome.DuplicateSample),
        DuplicateTimestamps = _head.Counters.Of(AppendOutcome.DuplicateTimestamp),
        OutOfOrderSamples = _head.Counters.Of(AppendOutcome.OutOfOrder),
        TooOldSamples = _head.Counters.Of(AppendOutcome.TooOld),
        TooFarInFutureSamples = _head.Counters.Of(AppendOutcome.TooFarInFuture),
        Chunks = _head.Chunks.Chunks,
        ChunksCreated = _head.Chunks.ChunksCreated,
        ChunksRemoved = _head.Chunks.ChunksRemoved,
        MinTimeMs = _head.MinTimeMs,
        MaxTimeMs = _head.MaxTimeMs,
        HeadBytes = _head.BytesHeld(),
        MaxHeadBytes = _options.MaxHeadBytes,
        HeadFullSamples = _head.Counters.Of(AppendOutcome.HeadFull),
        Participants = _head.Retirement.Participants,
        RetiredWaiting = _head.Retirement.Waiting,
        OlderVersions = _head.Versions.Count,
        VersionOverflows = _head.Versions.Overflows,
        MetadataFamilies = _head.Metadata.Count,
        MetadataRefused = _head.Metadata.Refused,
        LogBytes = _log.TotalBytes,
        LogSegments = _log.SegmentCount,
        LogBytesWritten = _log.BytesWritten,
        LogRecords = _log.Records,
        LogWritesFailed = _log.Failures,
        LogSyncsFailed = Interlocked.Read(ref _syncsFailed),
        LogTruncations = Interlocked.Read(ref _truncations),
        MaintenanceFailures = Interlocked.Read(ref _maintenanceFailures),
        LastDiskError = Volatile.Read(ref _lastDiskError),
    };

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
        _maintenance?.Dispose();
        _stop.Cancel();
        // The committer's loop syncs once more on its way out.
        _syncing.GetAwaiter().GetResult();
        lock (_maintenanceLock)
        {
            _log.Dispose();
            _folderLock.Dispose();
        }

        _stop.Dispose();
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

    private static ulong RandomSeed()
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(seed);
        return BitConverter.ToUInt64(seed);
    }

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    /// <summary>
    /// Stops at the earliest time there is: a sender may begin with any time, and one that wraps around would be the
    /// latest, before which everything is too old.
    /// </summary>
    private static long BackFrom(long timestampMs, TimeSpan span) =>
        timestampMs < long.MinValue + Milliseconds(span) ? long.MinValue : timestampMs - Milliseconds(span);

    private void Start()
    {
        TimeSpan interval = _options.FsyncInterval == TimeSpan.Zero ? WalCommitter.DefaultInterval : _options.FsyncInterval;
        _syncing = new WalCommitter(_wal, interval, _time, SyncFailed).RunAsync(_stop.Token);
        if (_options.MaintenanceInterval > TimeSpan.Zero)
        {
            _maintenance = _time.CreateTimer(
                _ => MaintainFromTimer(), null, _options.MaintenanceInterval, _options.MaintenanceInterval);
        }
    }

    private void SyncFailed(IOException failure)
    {
        Interlocked.Increment(ref _syncsFailed);
        Volatile.Write(ref _lastDiskError, failure.Message);
    }

    /// <summary>The top of the maintenance loop: a failing disk must not end it, and runs do not pile up.</summary>
    private void MaintainFromTimer()
    {
        if (!_maintenanceLock.TryEnter())
        {
            return;
        }

        try
        {
            if (!_disposed)
            {
                DeleteOld();
                Volatile.Write(ref _lastDiskError, null);
            }
        }
        catch (IOException failure)
        {
            Interlocked.Increment(ref _maintenanceFailures);
            Volatile.Write(ref _lastDiskError, failure.Message);
        }
        finally
        {
            _maintenanceLock.Exit();
        }
    }

    private void DeleteOld()
    {
        DeleteOldSamples();
        Weigh();
    }

    private void DeleteOldSamples()
    {
        long maxTimeMs = _head.MaxTimeMs;
        long minTimeMs = BackFrom(maxTimeMs, _options.Retention);
        _head.DropBefore(minTimeMs);
        if (maxTimeMs == long.MinValue)
        {
            // No samples yet: only series that requests made and then did not commit to could go.
            return;
        }

        minTimeMs = DropForSpace(minTimeMs);
        int deleted = _log.DeleteBefore(minTimeMs);
        if (deleted > 0)
        {
            Interlocked.Increment(ref _truncations);
        }
    }

    /// <summary>Moves the time forward, a twentieth of what is held at a time, until the head is within its bytes.</summary>
    private long DropForSpace(long minTimeMs)
    {
        const int Steps = 20;
        long startMs = Math.Max(minTimeMs, _head.MinTimeMs);
        long stepMs = Math.Max(1, (_head.MaxTimeMs - startMs) / Steps);
        for (int step = 1; step < Steps && _head.BytesHeld() > _options.MaxHeadBytes; step++)
        {
            minTimeMs = startMs + (step * stepMs);
            _head.DropBefore(minTimeMs);
        }

        return minTimeMs;
    }

    /// <summary>
    /// Adds up the head's bytes at the beginning of a request, so that one sender cannot take memory for as long as
    /// maintenance waits; with many label names that costs more and is done more seldom.
    /// </summary>
    private void WeighNowAndThen()
    {
        if (Interlocked.Decrement(ref _requestsToWeighing) <= 0)
        {
            Volatile.Write(ref _requestsToWeighing, 1 + (_head.Index.NameCount / NamesPerRequest));
            if (Weigh() > _options.MaxHeadBytes)
            {
                AskForMaintenance();
            }
        }
    }

    private long Weigh()
    {
        long bytes = _head.BytesHeld();
        Volatile.Write(ref _headIsFull, bytes > _options.MaxHeadBytes + (_options.MaxHeadBytes / 8));
        return bytes;
    }

    private void AskForMaintenance()
    {
        long now = _time.GetTimestamp();
        long last = Interlocked.Read(ref _lastAskedFor);
        if (_maintenance is { } maintenance
            && (last == 0 || _time.GetElapsedTime(last, now) >= s_extraMaintenanceInterval)
            && Interlocked.CompareExchange(ref _lastAskedFor, now, last) == last)
        {
            maintenance.Change(TimeSpan.Zero, _options.MaintenanceInterval);
        }
    }

    private long OldestAcceptedMs()
    {
        // Nothing is taken that the next maintenance would delete.
        TimeSpan age = _options.OldestAcceptedAge < _options.Retention ? _options.OldestAcceptedAge : _options.Retention;
        return BackFrom(_head.MaxTimeMs, age);
    }

    private long NewestAcceptedMs() =>
        _options.FutureTolerance == TimeSpan.MaxValue
            ? long.MaxValue
            : _time.GetUtcNow().ToUnixTimeMilliseconds() + Milliseconds(_options.FutureTolerance);
}
