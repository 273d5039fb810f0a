namespace AmpEdge.Proxy.Routing;

/// <summary>A share of a part that others may hold too; disposed once.</summary>
internal sealed class PartLease(Func<ValueTask> giveBack) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => giveBack();
}
