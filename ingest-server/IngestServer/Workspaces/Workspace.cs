using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.Ingest;
using AmpEdge.PromQL;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>
/// An open workspace: its limits and its store. Requests enter and leave; closing waits until the last one has left,
/// and no more may enter.
/// </summary>
internal sealed class Workspace
{
    private readonly Lock _usersLock = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile WorkspaceConfig _config;
    private int _users;
    private bool _closing;

    public Workspace(
        WorkspaceConfig config, string account, Database database, IngestMetrics ingestMetrics, StoreMetrics storeMetrics)
    {
        _config = config;
        Tenant = $"{account}_{config.Id}";
        Database = database;
        Queryable = new DatabaseQueryable(database);
        IngestMetrics = ingestMetrics;
        StoreMetrics = storeMetrics;
        storeMetrics.AddLimit("ampedge_ingest_series_limit", "Series that the workspace may hold.", () => Config.Limits.MaxSeries);
    }

    public string Id => _config.Id;

    /// <summary>What a reload may change: alias, limits and retention.</summary>
    public WorkspaceConfig Config
    {
        get => _config;
        set
        {
            _config = value;
            Database.OutOfOrderWindow = value.Limits.OutOfOrderWindow;
            Database.Retention = value.Retention.Time;
            Database.RetentionBytes = value.Retention.Size.Bytes;
        }
    }

    /// <summary>Account and id: what AMP's texts call <c>user</c>.</summary>
    public string Tenant { get; }

    public Database Database { get; }

    /// <summary>The store as the query engine reads it.</summary>
    public IQueryable Queryable { get; }

    public IngestMetrics IngestMetrics { get; }

    public StoreMetrics StoreMetrics { get; }

    /// <summary>False once the workspace is closing.</summary>
    public bool TryEnter()
    {
        lock (_usersLock)
        {
            if (_closing)
            {
                return false;
            }

            _users++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_usersLock)
        {
            if (--_users == 0 && _closing)
            {
                _empty.TrySetResult();
            }
        }
    }

    /// <summary>Lets nobody in any more, waits for those inside, and closes the store.</summary>
    public async Task CloseAsync(CancellationToken cancel)
    {
        lock (_usersLock)
        {
            _closing = true;
            if (_users == 0)
            {
                _empty.TrySetResult();
            }
        }

        await _empty.Task.WaitAsync(cancel);
        StoreMetrics.Remove();
        // Forces the log to the disk, which may take its time.
        await Task.Run(Database.Dispose, CancellationToken.None);
    }
}
