using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Takes the metric name off every row at once.</summary>
internal sealed class DropNameStream(SeriesStream source) : WrappingStream(source)
{
    private readonly LabelProjection _withoutName = LabelProjection.WithoutMetricIdentity();
    private Labels _labels = Labels.Empty;
    private Labels? _named;

    public override Labels Labels => _labels;

    public override bool DropName => false;

    public override Span<FloatHistogram?> Histograms => Source.Histograms;

    public override bool NamesVary => false;

    public override bool MoveNext()
    {
        if (!Source.MoveNext())
        {
            return false;
        }

        // Those of the series before when a store reads only what is needed of them.
        Labels named = Source.Labels;
        if (!ReferenceEquals(named, _named))
        {
            _named = named;
            _labels = Labels.FromBlob(_withoutName.Project(named));
        }

        return true;
    }
}
