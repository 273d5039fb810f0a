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

    public WriteRuling RulingOf(SeriesRef series, SeriesTable.LabelReader labels)
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

    public void Forget(SeriesRef series)
    {
        if (series.Value < _rulings.Length)
        {
            _rules.Forget(_rulings[series.Value]);
            _rulings[series.Value] = default;
        }
    }

    /// <summary>Lets go of everything: the destination ends.</summary>
    public void Clear()
    {
        foreach (WriteRuling ruling in _rulings)
        {
            _rules.Forget(ruling);
        }

        _rulings = [];
    }
}
