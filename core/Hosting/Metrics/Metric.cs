namespace AmpEdge.Hosting;

/// <summary>One exported series (or one set of histogram series): what a component holds and writes to.</summary>
public abstract class Metric
{
    /// <summary>Values of the family's label names, in their order; empty for a metric without labels.</summary>
    internal string[] LabelValues { get; init; } = [];
}
