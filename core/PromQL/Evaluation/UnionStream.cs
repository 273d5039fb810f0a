using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary><c>or</c>: all of the left side, and of the right side what has no group on the left at that step.</summary>
internal sealed class UnionStream(SeriesStream left, SeriesStream right, GroupPresence presence) : SeriesStream
{
    private bool _leftIsDone;

    public override Labels Labels => Current.Labels;

    public override bool DropName => Current.DropName;

    public override Span<double> Values => Current.Values;

    public override Span<FloatHistogram?> Histograms => Current.Histograms;

    /// <summary>The names of the two sides may differ even if each side has only one.</summary>
    public override bool NamesVary => true;

    private SeriesStream Current => _leftIsDone ? right : left;

    public override bool MoveNext()
    {
        if (!_leftIsDone)
        {
            if (left.MoveNext())
            {
                presence.Add(left.Labels, left.Values, left.Histograms);
                return true;
            }

            _leftIsDone = true;
        }

        if (!right.MoveNext())
        {
            return false;
        }

        Mask(presence.Find(right.Labels), right.Values, right.Histograms);
        return true;
    }

    private static void Mask(ReadOnlySpan<bool> present, Span<double> values, Span<FloatHistogram?> histograms)
    {
        for (int step = 0; step < present.Length; step++)
        {
            if (present[step])
            {
                values[step] = Missing.Value;
            }
        }

        for (int step = 0; step < Math.Min(present.Length, histograms.Length); step++)
        {
            histograms[step] = present[step] ? null : histograms[step];
        }
    }
}
