namespace AmpEdge.Prometheus;

/// <summary>A series as a page writes it, of which <see cref="SeriesLabels"/> makes labels.</summary>
public interface ISeriesText
{
    /// <summary>The bytes that slots and slices refer to.</summary>
    ReadOnlySpan<byte> Page { get; }

    /// <summary>The metric's name: no quotes, escapes as written.</summary>
    ReadOnlySpan<byte> Name { get; }

    /// <summary>Name and labels as written: what tells the series from every other.</summary>
    ReadOnlySpan<byte> SeriesText { get; }

    /// <summary>The labels, without the name.</summary>
    LabelSlots Labels { get; }

    /// <summary>The type of the series' family; decides how <c>le</c> and <c>quantile</c> are written.</summary>
    MetricType FamilyType { get; }
}
