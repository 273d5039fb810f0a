namespace AmpEdge.Hosting;

/// <summary>Keys with values in the order of the file. A key may be there twice: its reader reports that.</summary>
public sealed class YamlMapping : YamlNode
{
    internal YamlMapping(YamlPosition position, IReadOnlyList<YamlEntry> entries, long expandedSize)
        : base(position, expandedSize)
    {
        Entries = entries;
    }

    /// <summary>Own entries first, then those merged in by <c>&lt;&lt;</c> whose keys are not among the own ones.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; }

    public override string Shape => "a mapping";
}
