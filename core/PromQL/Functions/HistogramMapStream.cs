using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>A number made of every native histogram; floats are left out.</summary>
internal sealed class HistogramMapStream(SeriesStream source, Func<FloatHistogram, double> map) : WrappingStream(source)
{
    public override bool MoveNext()
    {
        while (Source.MoveNext())
        {
            if (!Source.Histograms.IsEmpty)
            {
                Map(Source.Histograms, Source.Values);
                return true;
            }
        }

        return false;
    }

    private void Map(ReadOnlySpan<FloatHistogram?> histograms, Span<double> values)
    {
        for (int step = 0; step < values.Length; step++)
        {
            values[step] = histograms[step] is { } histogram ? map(histogram) : Missing.Value;
        }
    }
}
