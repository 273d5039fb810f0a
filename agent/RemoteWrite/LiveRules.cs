using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// What write relabelling makes of the series that are being scraped, by their number; without rules nothing is kept. Used under
/// the buffer's commit lock only.
/// </summary>
internal sealed class LiveRules(WriteRules rules)
{
    private readonly WriteRules _rules = rules;
    private WriteRuling[] _rulings = [];

    /// <summary>The labels to queue for a series; valid until the reader's next call.</summary>
    public SeriesLabels LabelsOf(SeriesRef series, SeriesTable.LabelReader labels)
    {
        ulong hash = labels.HashOf(series);
        WriteRuling ruling = RulingOf(series, labels);
        return _rules.LabelsOf(ruling, ruling.Kind == WriteRulingKind.AsScraped ? labels.LabelsOf(series) : default, hash);
    }

    /// <summary>How long those labels are; 0 when the series is not sent.</summary>
    public int LengthOf(SeriesRef series, SeriesTable.LabelReader labels)
    {
        WriteRuling ruling = RulingOf(series, labels);
        return ruling.Kind == WriteRulingKind.AsScraped ? labels.LengthOf(series) : ruling.Labels.Length;
    }

    public void Forget(SeriesRef series)
    {
        if (series.Value < _rulings.Length)
        {
            _rules.Forget(_rulings[series.Value]);
            _rulings[series.Value] = default;
        }
    }

    private WriteRuling RulingOf(SeriesRef series, SeriesTable.LabelReader labels)
    {
        if (!_rules.Any)
        {
            return WriteRuling.AsScraped;
        }

        if (series.Value >= _rulings.Length)
        {
            Array.Resize(ref _rulings, Math.Max((int)series.Value + 1, _rulings.Length * 2));
        }

        ref WriteRuling ruling = ref _rulings[series.Value];
        if (ruling.Kind == WriteRulingKind.Unknown)
        {
            ruling = _rules.Judge(labels.LabelsOf(series));
        }

        return ruling;
    }
}
