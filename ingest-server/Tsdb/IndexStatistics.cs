namespace AmpEdge.Tsdb;

/// <summary>
/// What the index holds most of: the content of Prometheus's <c>status/tsdb</c>. Each list starts with the largest.
/// </summary>
/// <param name="Series">Series with samples.</param>
/// <param name="LabelPairs">Different pairs of label name and value.</param>
/// <param name="SeriesByMetricName">Series of each metric name.</param>
/// <param name="ValuesByLabelName">Different values of each label.</param>
/// <param name="BytesByLabelName">Bytes of the values of each label, summed over values.</param>
/// <param name="SeriesByLabelPair">Series of each pair, written <c>name=value</c>.</param>
public sealed record IndexStatistics(
    long Series,
    long LabelPairs,
    IReadOnlyList<NamedCount> SeriesByMetricName,
    IReadOnlyList<NamedCount> ValuesByLabelName,
    IReadOnlyList<NamedCount> BytesByLabelName,
    IReadOnlyList<NamedCount> SeriesByLabelPair);
