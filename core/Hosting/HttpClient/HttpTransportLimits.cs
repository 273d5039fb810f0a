namespace AmpEdge.Hosting;

/// <summary>Bounds of the connections that a client holds, and to which address of a host it opens them.</summary>
public sealed record HttpTransportLimits
{
    public int MaxConnectionsPerServer { get; init; } = 1000;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an HTTP/2 connection with requests on it may be silent before it is asked for a sign of life.</summary>
    public TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long that sign may take.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// True to open each connection to an address drawn from all that the host's name has at that moment, so that many clients
    /// spread over a receiver without a load balancer; false for the first that takes it.
    /// </summary>
    public bool RoundRobinDns { get; init; }

    /// <summary>Draws those addresses.</summary>
    internal AddressChoice AddressChoice { get; init; } = new();
}
