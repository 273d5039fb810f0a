using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>One place where callers connect.</summary>
internal sealed record ListenerConfig
{
    private const string SocketScheme = "unix:";

    /// <summary>Named by routes, logs and metrics.</summary>
    public string Name { get; init; } = "default";

    /// <summary><c>host:port</c> or <c>unix:/path</c>.</summary>
    public string Address { get; init; } = "127.0.0.1:8080";

    /// <summary>Who may connect to a socket in the file system: by default the user of the process.</summary>
    public UnixFileMode SocketMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Null: no TLS.</summary>
    public ListenerTlsConfig? Tls { get; init; }

    /// <summary>Connections from callers open at once.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Who may call by this listener, whatever the route.</summary>
    public CallerConfig Caller { get; init; } = new();

    /// <summary>The socket in the file system; null for an address of the network.</summary>
    public UnixSocket? Socket => SocketPathOf(Address) is { } path ? new UnixSocket(path, SocketMode) : null;

    /// <summary>True when only this machine can reach it.</summary>
    public bool IsLocal => SocketPathOf(Address) is not null || ListenAddress.Parse(Address).IsLoopback;

    /// <summary>What two listeners must have in common for one to go on as the other: who may call is asked per request.</summary>
    public ListenerConfig Binding => this with { Caller = new CallerConfig() };

    /// <summary>The path in an address that has one; else null.</summary>
    public static string? SocketPathOf(string address) =>
        address.StartsWith(SocketScheme, StringComparison.Ordinal) ? address[SocketScheme.Length..] : null;
}
