using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>What an aggregation says about native histograms, each text once.</summary>
/// <param name="annotations">Where it is said.</param>
/// <param name="position">The part of the query that it is about.</param>
/// <param name="aggregation">The name of the operator.</param>
internal sealed class AggregationNotes(AnnotationWriter annotations, int position, string aggregation)
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private bool _ignored;

    public void HistogramIgnored()
    {
        if (!_ignored)
        {
            _ignored = true;
            annotations.Inform(position, HistogramNotes.IgnoredInAggregation(aggregation));
        }
    }

    public void MixedWithFloats() => Once(HistogramNotes.MixedWithFloatsInAggregation, annotations.Warn);

    public void MixedSchemas(Labels labels) =>
        Once(HistogramNotes.MixedSchemas + LabelsFormatter.Quote(labels.MetricName), annotations.Warn);

    public void BoundsReconciled() => Once(HistogramNotes.BoundsReconciled(HistogramOperation.Aggregation), annotations.Inform);

    public void ResetsCollide() => Once(HistogramNotes.ResetsCollide(HistogramOperation.Aggregation), annotations.Warn);

    private void Once(string text, Action<int, string> say)
    {
        if (_said.Add(text))
        {
            say(position, text);
        }
    }
}
