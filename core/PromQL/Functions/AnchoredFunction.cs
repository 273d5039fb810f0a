using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// A function over an anchored range: it sees the samples of the window and the last one at or before its start. Without a
/// sample inside the window there is no value.
/// </summary>
internal sealed class AnchoredFunction(WindowFunction inner) : WindowFunction
{
    public override bool KeepsName => inner.KeepsName;

    public override bool DependsOnStep => inner.DependsOnStep;

    public override void BeginSeries(ReadOnlySpan<double> values) => inner.BeginSeries(values);

    public override double Evaluate(in Window window)
    {
        if (window.Timestamps[^1] <= window.StartMs)
        {
            return Missing.Value;
        }

        Window anchored = window.From(WindowBounds.FirstOf(window.Timestamps, window.StartMs));
        return inner.Evaluate(in anchored);
    }

    public override void EndSeries(Labels labels) => inner.EndSeries(labels);
}
