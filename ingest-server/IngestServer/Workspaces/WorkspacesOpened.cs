using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>The start step that ends when all workspaces are open, after the listeners answer "not ready".</summary>
internal sealed class WorkspacesOpened(OpenWorkspaces workspaces) : IComponent
{
    public string Name => "open workspaces";

    public Task StartAsync(CancellationToken cancel) => workspaces.Opening.WaitAsync(cancel);

    public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;
}
