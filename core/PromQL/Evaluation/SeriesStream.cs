using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// An instant vector over all steps, pulled series by series. Each series comes once with one value per step, where
/// <see cref="Missing"/> marks the steps at which it is not in the vector; it may be missing at all of them.
/// </summary>
/// <remarks>
/// A label set may come in several rows, but no two of them have a value at the same step: consumers that need a
/// whole series (a subquery, the end of the query) merge rows in a <see cref="MergingMatrix"/>.
/// </remarks>
internal abstract class SeriesStream : NodeValue
{
    /// <summary>The label set of the current row.</summary>
    public abstract Labels Labels { get; }

    /// <summary>The metric name of the current row is to be dropped at the end of the evaluation.</summary>
    public abstract bool DropName { get; }

    /// <summary>
    /// The values of the current row, valid until <see cref="MoveNext"/>. They belong to the consumer until then, who
    /// may compute its own values in place.
    /// </summary>
    public abstract Span<double> Values { get; }

    /// <summary>
    /// The native histograms of the current row, null at the other steps; empty when there is none. Where one is, the
    /// value is missing, so that what computes with floats only passes them by. The column belongs to the consumer as the
    /// values do; a histogram itself is never changed.
    /// </summary>
    public virtual Span<FloatHistogram?> Histograms => default;

    /// <summary>
    /// Rows may differ in nothing but the metric name, so that dropping names can bring label sets together.
    /// </summary>
    public abstract bool NamesVary { get; }

    /// <summary>Goes to the next row; false at the end.</summary>
    public abstract bool MoveNext();
}
