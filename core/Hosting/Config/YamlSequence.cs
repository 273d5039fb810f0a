namespace AmpEdge.Hosting;

/// <summary>A list of values.</summary>
public sealed class YamlSequence : YamlNode
{
    internal YamlSequence(YamlPosition position, IReadOnlyList<YamlNode> items, long expandedSize)
        : base(position, expandedSize)
    {
        Items = items;
    }

    public IReadOnlyList<YamlNode> Items { get; }

    public override string Shape => "a list";
}
