using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>A side of an operator over all steps: a number, a native histogram or nothing at each.</summary>
internal readonly ref struct MixedColumn(ReadOnlySpan<double> values, ReadOnlySpan<FloatHistogram?> histograms)
{
    public bool HasHistograms { get; } = !histograms.IsEmpty;

    private readonly ReadOnlySpan<double> _values = values;
    private readonly ReadOnlySpan<FloatHistogram?> _histograms = histograms;

    public double Value(int step) => _values[step];

    public FloatHistogram? Histogram(int step) => HasHistograms ? _histograms[step] : null;
}
