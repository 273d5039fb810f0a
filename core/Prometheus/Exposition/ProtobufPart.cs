namespace AmpEdge.Prometheus;

/// <summary>One of the series that a metric stands for.</summary>
internal ref struct ProtobufPart
{
    /// <summary>What follows the family's name.</summary>
    public ReadOnlySpan<byte> Suffix;

    /// <summary><c>le</c> or <c>quantile</c>.</summary>
    public ReadOnlySpan<byte> BoundName;
    public double? Bound;
    public double Value;

    /// <summary>The message with its exemplars.</summary>
    public ReadOnlySpan<byte> Exemplars;
    public ProtobufExemplarForm ExemplarForm;

    /// <summary>Why there is no such series after all, or null.</summary>
    public string? Problem;
}
