namespace AmpEdge.Hosting;

/// <summary>A single value as text. Bytes of a <c>!!binary</c> that are no UTF-8 appear as U+DC80 to U+DCFF.</summary>
public sealed class YamlScalar : YamlNode
{
    internal YamlScalar(YamlPosition position, string value, bool isPlain)
        : base(position, 1)
    {
        Value = value;
        IsPlain = isPlain;
    }

    public string Value { get; }

    /// <summary>True when it was written without quotes, so that it may be a number, a truth value or null.</summary>
    public bool IsPlain { get; }

    public override string Shape => "a text";
}
