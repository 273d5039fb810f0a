namespace AmpEdge.Hosting;

/// <summary>All series of one name, as the registry and the page writer see them.</summary>
public abstract class MetricFamily
{
    private protected MetricFamily(MetricKind kind, string name, string help, string[] labelNames)
    {
        Kind = kind;
        Name = name;
        Help = help;
        LabelNames = labelNames;
    }

    public MetricKind Kind { get; }

    public string Name { get; }

    public string Help { get; }

    internal string[] LabelNames { get; }

    /// <summary>The children now there, ordered by their label values, so that a page is the same every time.</summary>
    internal abstract Metric[] Children();

    internal bool HasShape(MetricKind kind, string help, ReadOnlySpan<string> labelNames) =>
        Kind == kind && Help == help && labelNames.SequenceEqual(LabelNames);
}
