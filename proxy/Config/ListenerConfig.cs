using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>One place where callers connect.</summary>
internal sealed record ListenerConfig
{
    /// <summary>Named by routes, logs and metrics.</summary>
    public string Name { get; init; } = "default";

    /// <summary><c>host:port</c>.</summary>
    public string Address { get; init; } = "127.0.0.1:8080";

    /// <summary>Connections from callers open at once.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>True when only this machine can reach it.</summary>
    public bool IsLocal => ListenAddress.Parse(Address).IsLoopback;
}
