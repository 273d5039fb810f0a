using AmpEdge.Prometheus;

namespace AmpEdge.Hosting;

/// <summary>One exported series (or one set of histogram series): what a component holds and writes to.</summary>
public abstract class Metric
{
    /// <summary>Values of the family's label names, in their order; empty for a metric without labels.</summary>
    internal string[] LabelValues { get; private set; } = [];

    /// <summary>Names and values as they stand between the braces, escaped once.</summary>
    internal byte[] PreparedLabels { get; private set; } = [];

    internal void SetLabels(string[] names, ReadOnlySpan<string> values)
    {
        LabelValues = values.ToArray();
        string[] pairs = new string[names.Length * 2];
        for (int index = 0; index < names.Length; index++)
        {
            pairs[2 * index] = names[index];
            pairs[(2 * index) + 1] = values[index];
        }

        PreparedLabels = ExpositionWriter.PrepareLabels(pairs);
    }
}
