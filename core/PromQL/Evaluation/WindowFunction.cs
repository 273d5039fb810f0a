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

    /// <summary>Where the function says what it has noticed about native histograms.</summary>
    public RangeNotes? Notes { get; set; }

    /// <summary>Called before the windows of a series, with its floats, to prepare what windows share.</summary>
    public virtual void BeginSeries(ReadOnlySpan<double> values)
    {
    }

    /// <summary>The value of a window of floats alone, or <see cref="Missing"/> when it has too few samples.</summary>
    public abstract double Evaluate(in Window window);

    /// <summary>The values of windows of floats alone; missing where a window is empty or has too few samples.</summary>
    public virtual void EvaluateAll(in SeriesWindows windows, Span<double> results)
    {
        for (int index = 0; index < results.Length; index++)
        {
            if (windows.Ends[index] == windows.Firsts[index])
            {
                results[index] = Missing.Value;
                continue;
            }

            Window window = windows[index];
            results[index] = Evaluate(in window);
        }
    }

    /// <summary>
    /// The value or the native histogram of a window that has histograms. A function of floats passes them by, which is
    /// noted where there are floats too.
    /// </summary>
    public virtual double EvaluateMixed(in Window window, out FloatHistogram? histogram)
    {
        histogram = null;
        if (window.Count == 0)
        {
            return Missing.Value;
        }

        Notes?.HistogramsIgnored();
        return Evaluate(in window);
    }

    /// <summary>Called after a series of which at least one window had a value.</summary>
    public virtual void EndSeries(Labels labels)
    {
    }
}
