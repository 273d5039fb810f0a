using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>
/// The start step that begins to open the workspaces: logs are replayed while the listeners start, which takes about as long as a
/// small log. <see cref="WorkspacesOpened"/> is where the start waits for it.
/// </summary>
internal sealed class OpenWorkspaces(WorkspaceTable workspaces, ServerConfig config) : IComponent
{
    public string Name => "open workspaces";

    /// <summary>Done when all are open, with what kept one from it otherwise.</summary>
    public Task Opening { get; private set; } = Task.CompletedTask;

    /// <summary>Replays on a thread of its own: the start must not hold the one it was called on.</summary>
    public Task StartAsync(CancellationToken cancel)
    {
        Opening = Task.Run(() => workspaces.OpenAsync(config, cancel), cancel);
        return Task.CompletedTask;
    }

    /// <summary>
    /// The table closes what was opened, so nothing may be opened behind it. A failure was told where the start waited for it; when
    /// another part failed before, that is the reason why the program ends.
    /// </summary>
    public async Task StopAsync(CancellationToken cancel) =>
        await Opening.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
