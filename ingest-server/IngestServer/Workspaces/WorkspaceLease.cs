namespace AmpEdge.IngestServer.Workspaces;

/// <summary>Keeps a workspace open while a request uses it.</summary>
internal sealed class WorkspaceLease(Workspace workspace) : IDisposable
{
    private Workspace? _workspace = workspace;

    public Workspace Workspace => _workspace ?? throw new ObjectDisposedException(nameof(WorkspaceLease));

    public void Dispose() => Interlocked.Exchange(ref _workspace, null)?.Leave();
}
