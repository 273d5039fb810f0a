using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

/// <summary>The samples of one record as columns of equal length, in the order appended.</summary>
internal readonly ref struct SampleColumns(
    ReadOnlySpan<SeriesRef> series, ReadOnlySpan<long> timestampsMs, ReadOnlySpan<double> values)
{
    public ReadOnlySpan<SeriesRef> Series { get; } = series;

    public ReadOnlySpan<long> TimestampsMs { get; } = timestampsMs;

    public ReadOnlySpan<double> Values { get; } = values;

    public int Count => Series.Length;
}
