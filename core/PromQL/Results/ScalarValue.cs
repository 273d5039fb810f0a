namespace AmpEdge.PromQL;

/// <summary>A number at the evaluation time of an instant query.</summary>
public sealed class ScalarValue(long timestampMs, double value) : QueryValue
{
    public long TimestampMs { get; } = timestampMs;

    public double Value { get; } = value;
}
