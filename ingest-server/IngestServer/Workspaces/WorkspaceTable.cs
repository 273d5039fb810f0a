using System.Collections.Frozen;
using AmpEdge.Hosting;
using AmpEdge.IngestServer.Auth;
using AmpEdge.IngestServer.Config;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>
/// The open workspaces by id. Lookups read a frozen table that opening, closing and reloading replace whole.
/// </summary>
/// <remarks>
/// As a component it starts with nothing open and closes everything on stop; <see cref="OpenAsync"/> is a step of its
/// own, so that the listener can answer "not ready" while logs are replayed and stops before the stores do.
/// </remarks>
internal sealed class WorkspaceTable : IComponent, IDisposable
{
    private readonly WorkspaceOpener _opener;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile FrozenDictionary<string, Workspace> _open = FrozenDictionary<string, Workspace>.Empty;
    private volatile string? _notReady = "workspaces are not open yet";

    public WorkspaceTable(WorkspaceOpener opener, ILogger log)
    {
        _opener = opener;
        _log = log;
    }

    public string Name => "workspaces";

    /// <summary>The largest body that any open workspace takes, as sent.</summary>
    public long LargestRequestBytes { get; private set; } = new IngestLimits().MaxRequestBytes;

    /// <summary>Why requests cannot be taken yet; null when all configured workspaces are open.</summary>
    public string? NotReady => _notReady;

    /// <summary>Reads the numbers of every store, before metrics are shown.</summary>
    public void UpdateMetrics()
    {
        foreach (Workspace workspace in _open.Values)
        {
            if (workspace.TryEnter())
            {
                workspace.StoreMetrics.Update();
                workspace.Leave();
            }
        }
    }

    /// <summary>The id of the workspace that paths without an id mean: the only one there is, or nothing.</summary>
    public string OnlyId => _open.Count == 1 ? _open.Keys[0] : "";

    public Task StartAsync(CancellationToken cancel) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancel)
    {
        _notReady = "the server is stopping";
        await _changing.WaitAsync(cancel);
        try
        {
            FrozenDictionary<string, Workspace> open = _open;
            _open = FrozenDictionary<string, Workspace>.Empty;
            foreach (Workspace workspace in open.Values)
            {
                await CloseAsync(workspace, cancel);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Opens what the configuration names and is not open, updates the others and closes the rest.</summary>
    /// <exception cref="StartFailedException">A store cannot be opened; nothing that was open is closed then.</exception>
    public async Task OpenAsync(ServerConfig config, CancellationToken cancel)
    {
        await _changing.WaitAsync(cancel);
        try
        {
            FrozenDictionary<string, Workspace> before = _open;
            Dictionary<string, Workspace> after = await OpenNewAsync(before, config);
            foreach (WorkspaceConfig workspace in config.Workspaces)
            {
                after[workspace.Id].Config = workspace;
            }

            _open = after.ToFrozenDictionary(StringComparer.Ordinal);
            LargestRequestBytes = LargestOf(config);
            _notReady = null;
            foreach (Workspace workspace in before.Values)
            {
                if (!after.ContainsKey(workspace.Id))
                {
                    await CloseAsync(workspace, cancel);
                }
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Keeps the workspace open for one request; null when there is none, with what to answer.</summary>
    public WorkspaceLease? TryAcquire(string workspaceId, out AmpError? error)
    {
        if (_open.TryGetValue(workspaceId, out Workspace? workspace) && workspace.TryEnter())
        {
            error = null;
            return new WorkspaceLease(workspace);
        }

        if (workspaceId.Length == 0 && _notReady is null)
        {
            error = AmpError.WorkspaceNotNamed(_open.Count);
            return null;
        }

        // While stores open or close, a workspace that is not there may be there a moment later: not a 404.
        error = _notReady is { } reason ? AmpError.Unavailable(reason) : AmpError.WorkspaceNotFound(workspaceId);
        return null;
    }

    public void Dispose() => _changing.Dispose();

    /// <summary>The workspaces of the configuration, open; on failure those opened here are closed again.</summary>
    private async Task<Dictionary<string, Workspace>> OpenNewAsync(
        FrozenDictionary<string, Workspace> before, ServerConfig config)
    {
        Dictionary<string, Workspace> after = new(StringComparer.Ordinal);
        List<Workspace> opened = [];
        try
        {
            foreach (WorkspaceConfig workspace in config.Workspaces)
            {
                if (!before.TryGetValue(workspace.Id, out Workspace? open))
                {
                    _notReady = before.Count == 0 ? $"the log of workspace {workspace.Id} is replayed" : _notReady;
                    open = _opener.Open(workspace, config.Account, config.Storage);
                    opened.Add(open);
                }

                after.Add(workspace.Id, open);
            }

            return after;
        }
        catch (StartFailedException)
        {
            foreach (Workspace workspace in opened)
            {
                await CloseAsync(workspace, CancellationToken.None);
            }

            throw;
        }
    }

    private static long LargestOf(ServerConfig config)
    {
        long largest = config.Limits.MaxRequestBytes;
        foreach (WorkspaceConfig workspace in config.Workspaces)
        {
            largest = Math.Max(largest, workspace.Limits.MaxRequestBytes);
        }

        return largest;
    }

    private async Task CloseAsync(Workspace workspace, CancellationToken cancel)
    {
        await workspace.CloseAsync(cancel);
        WorkspaceLog.Closed(_log, workspace.Id);
    }
}
