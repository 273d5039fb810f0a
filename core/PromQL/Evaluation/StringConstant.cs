namespace AmpEdge.PromQL;

/// <summary>A string literal.</summary>
internal sealed class StringConstant(string value) : NodeValue
{
    public string Value { get; } = value;
}
