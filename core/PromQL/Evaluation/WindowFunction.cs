using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>What a range function does with a window of samples. One object serves one call in one query.</summary>
internal abstract class WindowFunction
{
    /// <summary>The metric name stays in the result: <c>last_over_time</c> and its like select a sample.</summary>
    public virtual bool KeepsName => false;

    /// <summary>
    /// The value depends on more than the samples: on scalar arguments of the step, or on the evaluation time. Else a window
    /// that <c>@</c> fixes is computed once.
    /// </summary>
    public virtual bool DependsOnStep => false;

    /// <summary>Called before the windows of a series, to prepare what windows share.</summary>
    public virtual void BeginSeries(ReadOnlySpan<double> values)
    {
    }

    /// <summary>The value of one window, or <see cref="Missing"/> when it has too few samples.</summary>
    public abstract double Evaluate(in Window window);

    /// <summary>Called after a series of which at least one window had a value.</summary>
    public virtual void EndSeries(Labels labels)
    {
    }
}
