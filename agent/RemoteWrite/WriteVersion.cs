using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// The version of remote write that one destination is sent: the configured one, until the receiver says that it does not know
/// it. Shared by its shards. Thread-safe.
/// </summary>
internal sealed class WriteVersion(WriteProtocol configured)
{
    private volatile bool _fellBack;

    public WriteProtocol Current => _fellBack ? WriteProtocol.V1 : configured;

    /// <summary>From now on version 1.0 is sent; true for the first that asks.</summary>
    public bool FallBack()
    {
        bool first = !_fellBack && configured != WriteProtocol.V1;
        _fellBack = true;
        return first;
    }
}
