using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.Encryption;
using AmpEdge.IngestServer.Ingest;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>Opens the store of a workspace in its own folder below the storage path.</summary>
internal sealed class WorkspaceOpener(
    string storagePath, IFileSystem files, MetricRegistry metrics, ILoggerFactory loggers, TimeProvider time)
{
    /// <summary>Pages of blocks: one bound for all workspaces, whichever of them is busy.</summary>
    private const long CacheBytes = 256L << 20;

    /// <summary>Memory that all workspaces share; the bound of the heads is that of the configuration read last.</summary>
    private readonly SharedMemory _memory = new(long.MaxValue, CacheBytes, time);
    private readonly string _storagePath = storagePath;
    private readonly IFileSystem _files = files;
    private readonly MetricRegistry _metrics = metrics;
    private readonly ILogger _log = loggers.CreateLogger<WorkspaceOpener>();
    private readonly TimeProvider _time = time;
    private EncryptionConfig? _keysOf;
    private List<IMasterKey> _keys = [];

    /// <summary>Opens or makes the store and replays its log.</summary>
    /// <exception cref="StartFailedException">The folder cannot be used or its files cannot be read.</exception>
    public Workspace Open(WorkspaceConfig config, string account, StorageConfig storage)
    {
        long started = _time.GetTimestamp();
        _memory.Heads.TotalBytes = storage.MaxTotalHeadSize.Bytes;
        string folder = Path.Combine(_storagePath, config.Id);
        try
        {
            Database database = Database.Open(
                folder, Options(config, storage) with { Encryption = Encryption(config.Id, storage) }, _files, _time, hashSeed: null, _memory);
            ReportDamages(config.Id, database);
            WorkspaceLog.Opened(
                _log, config.Id, database.SeriesCount, database.Replay.Samples, _time.GetElapsedTime(started).TotalSeconds);
            return new Workspace(
                config, account, database, new IngestMetrics(_metrics, config.Id),
                new StoreMetrics(_metrics, config.Id, database));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartFailedException($"workspace {config.Id} cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>
    /// The future bound is the workspace's own limit, which has a text of its own; so the store has none.
    /// </summary>
    private static DatabaseOptions Options(WorkspaceConfig config, StorageConfig storage)
    {
        DatabaseOptions defaults = new();
        return defaults with
        {
            Retention = config.Retention.Time,
            RetentionBytes = config.Retention.Size.Bytes,
            MaxHeadBytes = storage.MaxHeadSize.Bytes,
            FsyncInterval = storage.FsyncAlways ? TimeSpan.Zero : defaults.FsyncInterval,
            FutureTolerance = TimeSpan.MaxValue,
            SnapshotOnClose = true,
            OutOfOrderWindow = config.Limits.OutOfOrderWindow,
            MaxExemplars = storage.MaxExemplars,
        };
    }

    /// <summary>Files are read anew for each workspace; with KMS, credentials are found once for each configuration.</summary>
    private DatabaseEncryption? Encryption(string workspaceId, StorageConfig storage)
    {
        if (storage.Encryption is not { } encryption)
        {
            return null;
        }

        if (encryption != _keysOf || encryption.Kms is null)
        {
            _keys = MasterKeys.Read(encryption, _time);
            _keysOf = encryption;
        }

        return new DatabaseEncryption(workspaceId, _keys);
    }

    private void ReportDamages(string workspaceId, Database database)
    {
        foreach (string damage in database.Replay.Damages)
        {
            WorkspaceLog.Damaged(_log, workspaceId, database.Replay.LostBytes, damage);
        }

        foreach (SetAsideBlock block in database.SetAsideBlocks)
        {
            WorkspaceLog.BlockSetAside(_log, workspaceId, block.Folder, block.Reason);
        }
    }
}
