using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.Ingest;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>Opens the store of a workspace in its own folder below the storage path.</summary>
internal sealed class WorkspaceOpener(
    string storagePath, IFileSystem files, MetricRegistry metrics, ILoggerFactory loggers, TimeProvider time)
{
    private readonly string _storagePath = storagePath;
    private readonly IFileSystem _files = files;
    private readonly MetricRegistry _metrics = metrics;
    private readonly ILogger _log = loggers.CreateLogger<WorkspaceOpener>();
    private readonly TimeProvider _time = time;

    /// <summary>Opens or makes the store and replays its log.</summary>
    /// <exception cref="StartFailedException">The folder cannot be used or its files cannot be read.</exception>
    public Workspace Open(WorkspaceConfig config, string account, StorageConfig storage)
    {
        long started = _time.GetTimestamp();
        string folder = Path.Combine(_storagePath, config.Id);
        try
        {
            Database database = Database.Open(folder, Options(config.Limits, storage), _files, _time);
            ReportDamages(config.Id, database.Replay);
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
    private static DatabaseOptions Options(IngestLimits limits, StorageConfig storage)
    {
        DatabaseOptions defaults = new();
        return defaults with
        {
            Retention = storage.RetentionTime,
            MaxHeadBytes = storage.MaxHeadSize.Bytes,
            FsyncInterval = storage.FsyncAlways ? TimeSpan.Zero : defaults.FsyncInterval,
            FutureTolerance = TimeSpan.MaxValue,
            SnapshotOnClose = true,
            OutOfOrderWindow = limits.OutOfOrderWindow,
            MaxExemplars = storage.MaxExemplars,
        };
    }

    private void ReportDamages(string workspaceId, ReplayReport replay)
    {
        foreach (string damage in replay.Damages)
        {
            WorkspaceLog.Damaged(_log, workspaceId, replay.LostBytes, damage);
        }
    }
}
