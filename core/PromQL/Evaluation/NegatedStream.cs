using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>The sign of every value and of every native histogram turned round.</summary>
internal sealed class NegatedStream(SeriesStream source) : WrappingStream(source)
{
    public override Span<FloatHistogram?> Histograms => Source.Histograms;

    public override bool MoveNext()
    {
        if (!Source.MoveNext())
        {
            return false;
        }

        foreach (ref double value in Source.Values)
        {
            value = Missing.IsMissing(value) ? value : -value;
        }

        foreach (ref FloatHistogram? histogram in Source.Histograms)
        {
            histogram = histogram is null ? null : HistogramScaling.Multiply(histogram, -1);
        }

        return true;
    }
}
