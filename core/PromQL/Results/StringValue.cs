namespace AmpEdge.PromQL;

/// <summary>A string literal at the evaluation time of an instant query.</summary>
public sealed class StringValue(long timestampMs, string value) : QueryValue
{
    public long TimestampMs { get; } = timestampMs;

    public string Value { get; } = value;
}
