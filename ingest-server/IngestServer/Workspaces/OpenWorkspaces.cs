using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>The start step that opens the workspaces, after the listener answers and before it is ready.</summary>
internal sealed class OpenWorkspaces(WorkspaceTable workspaces, ServerConfig config) : IComponent
{
    public string Name => "open workspaces";

    /// <summary>Replays on a thread of its own: the start must not hold the one it was called on.</summary>
    public Task StartAsync(CancellationToken cancel) =>
        Task.Run(() => workspaces.OpenAsync(config, cancel), cancel);

    /// <summary>The table closes what it opened, after the listener has stopped.</summary>
    public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;
}
