using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>What one proxy process does, as its flags say. Defaults stand here and nowhere else.</summary>
internal sealed record ProxyOptions
{
    /// <summary>Where callers connect, <c>host:port</c>.</summary>
    public string ListenAddress { get; init; } = "127.0.0.1:8080";

    /// <summary>Where health, readiness and metrics are answered.</summary>
    public string AdminListenAddress { get; init; } = "127.0.0.1:8081";

    /// <summary>The service to sign for; null: read from the host, else <c>aps</c>.</summary>
    public string? Service { get; init; }

    /// <summary>The region to sign for; null: read from the host, else from environment, profile or instance.</summary>
    public string? Region { get; init; }

    /// <summary>Where requests go, with a port if it is not the scheme's own; null: where their Host header says.</summary>
    public string? Host { get; init; }

    /// <summary>The host that is signed and sent as Host header when it is not the one that is connected to.</summary>
    public string? SignHost { get; init; }

    /// <summary><c>https</c> or <c>http</c>.</summary>
    public string Scheme { get; init; } = "https";

    public string? RoleArn { get; init; }

    public string? RoleExternalId { get; init; }

    public string RoleSessionName { get; init; } = "ampedge-proxy";

    /// <summary>What is done to the headers and query of a request before it is signed.</summary>
    public RequestRules Rules { get; init; } = new();

    /// <summary>Signs <c>UNSIGNED-PAYLOAD</c> instead of the body's hash.</summary>
    public bool UnsignedPayload { get; init; }

    /// <summary>False: any certificate of the upstream is believed.</summary>
    public bool VerifyTls { get; init; } = true;

    public bool LogFailedRequests { get; init; }

    public bool LogSigningProcess { get; init; }

    /// <summary>Bytes of one request body; a larger one is refused with 413.</summary>
    public long MaxRequestBodyBytes { get; init; } = 16 << 20;

    /// <summary>Bytes of all request bodies held at once; beyond it requests are refused with 503.</summary>
    public long MaxBufferedBytes { get; init; } = 256 << 20;

    /// <summary>Connections from callers open at once.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>How long an unused connection to the upstream is kept; infinite for no limit.</summary>
    public TimeSpan IdleConnectionTimeout { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>From the first packet to a usable connection, TLS included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the upstream may stay silent, before and within its answer.</summary>
    public TimeSpan UpstreamTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How long running requests may still take once the process was asked to stop.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>True when only this machine can reach the listener.</summary>
    public bool ListensOnLoopback => Hosting.ListenAddress.Parse(ListenAddress).IsLoopback;
}
