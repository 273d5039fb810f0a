using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Marks every row for the removal of its metric name at the end.</summary>
internal sealed class DropNameFlagStream(SeriesStream source) : WrappingStream(source)
{
    public override bool DropName => true;

    public override Span<FloatHistogram?> Histograms => Source.Histograms;
}
