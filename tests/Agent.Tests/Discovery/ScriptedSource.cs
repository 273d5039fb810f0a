using AmpEdge.Agent.Discovery;

namespace AmpEdge.Agent.Tests.Discovery;

/// <summary>A target source that answers as the test says, look by look.</summary>
internal sealed class ScriptedSource(Func<CancellationToken, Task<RefreshAnswer>> find) : ITargetSource
{
    public string Mechanism => "http";

    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public int Looks { get; private set; }

    public bool IsDisposed { get; private set; }

    public Task<RefreshAnswer> FindAsync(CancellationToken cancel)
    {
        Looks++;
        return find(cancel);
    }

    public void Dispose() => IsDisposed = true;
}
