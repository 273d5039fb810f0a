using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Which hints of counter resets were among the native histograms that are added up.</summary>
internal struct ResetHints
{
    private bool _reset;
    private bool _notReset;

    public void See(CounterResetHint hint)
    {
        _reset |= hint == CounterResetHint.Reset;
        _notReset |= hint == CounterResetHint.NotReset;
    }

    /// <summary>Some were reset and others not: whether their sum is cannot be said.</summary>
    public readonly HistogramCombination Collision =>
        _reset && _notReset ? HistogramCombination.ResetsCollide : HistogramCombination.None;
}
