namespace AmpEdge.Hosting;

/// <summary>One value of a YAML document with its place. Immutable; an alias is the very node that it names.</summary>
public abstract class YamlNode
{
    private protected YamlNode(YamlPosition position, long expandedSize)
    {
        Position = position;
        ExpandedSize = expandedSize;
    }

    public YamlPosition Position { get; }

    /// <summary>What the value is called in messages: <c>a text</c>, <c>a list</c>, <c>a mapping</c>.</summary>
    public abstract string Shape { get; }

    /// <summary>How many nodes a walk over this one meets, each alias counted in full; stops at long.MaxValue.</summary>
    internal long ExpandedSize { get; }

    /// <summary>Nothing, <c>~</c> or <c>null</c>, unquoted.</summary>
    public bool IsNull => this is YamlScalar { IsPlain: true, Value: "" or "~" or "null" or "Null" or "NULL" };
}
