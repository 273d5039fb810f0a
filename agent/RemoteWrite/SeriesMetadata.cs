using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Type, help and unit of a metric family, as bytes to be sent.</summary>
internal sealed class SeriesMetadata(MetricType type, byte[] help, byte[] unit)
{
    public MetricType Type { get; } = type;

    public ReadOnlySpan<byte> Help => help;

    public ReadOnlySpan<byte> Unit => unit;
}
