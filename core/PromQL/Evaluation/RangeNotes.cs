using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// What a function over a range vector says about native histograms: each thing once for a series, however many windows it
/// is true of.
/// </summary>
internal sealed class RangeNotes(AnnotationWriter annotations, int position)
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private Labels _labels = Labels.Empty;

    private string MetricName => _labels.MetricName;

    public void BeginSeries(Labels labels)
    {
        _labels = labels;
        _said.Clear();
    }

    public void HistogramsIgnored() => Inform(HistogramNotes.IgnoredInMixedRange);

    public void MixedWithFloats() => Warn(HistogramNotes.MixedWithFloats);

    public void NotACounter() => Warn(HistogramNotes.NotACounter);

    public void NotAGauge() => Warn(HistogramNotes.NotAGauge);

    public void MixedSchemas() => Warn(HistogramNotes.MixedSchemas);

    /// <summary>What adding histograms brought up; true when it could be done.</summary>
    public bool Check(HistogramCombination noticed, HistogramOperation operation)
    {
        if (noticed.HasFlag(HistogramCombination.Incompatible))
        {
            MixedSchemas();
            return false;
        }

        if (noticed.HasFlag(HistogramCombination.BoundsReconciled))
        {
            Once(HistogramNotes.BoundsReconciled(operation), annotations.Inform);
        }

        if (noticed.HasFlag(HistogramCombination.ResetsCollide))
        {
            Once(HistogramNotes.ResetsCollide(operation), annotations.Warn);
        }

        return true;
    }

    private void Warn(string text)
    {
        if (_said.Add(text))
        {
            annotations.Warn(position, text + LabelsFormatter.Quote(MetricName));
        }
    }

    private void Inform(string text)
    {
        if (_said.Add(text))
        {
            annotations.Inform(position, text + LabelsFormatter.Quote(MetricName));
        }
    }

    private void Once(string text, Action<int, string> say)
    {
        if (_said.Add(text))
        {
            say(position, text);
        }
    }
}
