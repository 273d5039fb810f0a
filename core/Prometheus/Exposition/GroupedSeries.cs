namespace AmpEdge.Prometheus;

/// <summary>The series of a histogram that <see cref="ClassicHistograms"/> put together.</summary>
public readonly struct GroupedSeries : ISeriesText
{
    private readonly GroupText _group;

    internal GroupedSeries(GroupText group)
    {
        _group = group;
    }

    public ReadOnlySpan<byte> Page => _group.Text;

    public ReadOnlySpan<byte> Name => _group.Text[_group.Name];

    public ReadOnlySpan<byte> SeriesText => _group.Text;

    public LabelSlots Labels => _group.Slots;

    public MetricType FamilyType => MetricType.Histogram;
}
