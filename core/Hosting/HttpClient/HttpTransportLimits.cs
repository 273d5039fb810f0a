namespace AmpEdge.Hosting;

/// <summary>Bounds of the connections that a client holds.</summary>
public sealed record HttpTransportLimits
{
    public int MaxConnectionsPerServer { get; init; } = 1000;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an HTTP/2 connection with requests on it may be silent before it is asked for a sign of life.</summary>
    public TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long that sign may take.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
