using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>The series of a range selector (<c>metric[5m]</c>) out of the store.</summary>
internal sealed class MatrixSelectorSource(ISeriesSet series, RangeWindowing windowing, bool namesVary, EvaluationContext context)
    : RangeSource(windowing)
{
    /// <summary>See <see cref="HistogramStatistics"/>.</summary>
    public bool DetectsResets { get; init; }

    public override Labels Labels => series.Labels;

    public override bool DropName => false;

    public override bool NamesVary => namesVary;

    public override bool MoveNext()
    {
        while (series.MoveNext())
        {
            context.ThrowIfStopped();
            Samples.Clear();
            series.Decode(Samples);
            Samples.RemoveStale();
            if (DetectsResets)
            {
                Samples.DetectResets();
            }

            if (Samples.Count > 0)
            {
                return true;
            }
        }

        return false;
    }
}
