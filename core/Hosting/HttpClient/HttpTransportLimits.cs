namespace AmpEdge.Hosting;

/// <summary>Bounds of the connections that a client holds.</summary>
public sealed record HttpTransportLimits
{
    public int MaxConnectionsPerServer { get; init; } = 1000;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
