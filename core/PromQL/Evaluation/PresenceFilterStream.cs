using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Keeps the values at steps where the series' group is present on the other side, or where it is not.</summary>
internal sealed class PresenceFilterStream(SeriesStream source, GroupPresence presence, bool keepPresent)
    : WrappingStream(source)
{
    public override Span<FloatHistogram?> Histograms => Source.Histograms;

    public override bool MoveNext()
    {
        while (Source.MoveNext())
        {
            ReadOnlySpan<bool> present = presence.Find(Source.Labels);
            if (!present.IsEmpty)
            {
                KeepWhere(present, Source.Values, Source.Histograms);
                return true;
            }

            if (!keepPresent)
            {
                return true;
            }
        }

        return false;
    }

    private void KeepWhere(ReadOnlySpan<bool> present, Span<double> values, Span<FloatHistogram?> histograms)
    {
        for (int step = 0; step < values.Length; step++)
        {
            if (present[step] != keepPresent)
            {
                values[step] = Missing.Value;
            }
        }

        for (int step = 0; step < histograms.Length; step++)
        {
            histograms[step] = present[step] == keepPresent ? histograms[step] : null;
        }
    }
}
