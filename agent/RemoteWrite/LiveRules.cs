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

    /// <summary>The labels to queue for a series whose scraped labels are these.</summary>
    public SeriesLabels Apply(SeriesRef series, ReadOnlySpan<byte> labelBlob, ulong hash)
    {
        if (!_rules.Any)
        {
            return _rules.LabelsOf(WriteRuling.AsScraped, labelBlob, hash);
        }

        if (series.Value >= _rulings.Length)
        {
            Array.Resize(ref _rulings, Math.Max((int)series.Value + 1, _rulings.Length * 2));
        }

        ref WriteRuling ruling = ref _rulings[series.Value];
        if (ruling.Kind == WriteRulingKind.Unknown)
        {
            ruling = _rules.Judge(labelBlob);
        }

        return _rules.LabelsOf(ruling, labelBlob, hash);
    }

    public void Forget(SeriesRef series)
    {
        if (series.Value < _rulings.Length)
        {
            _rules.Forget(_rulings[series.Value]);
            _rulings[series.Value] = default;
        }
    }
}
