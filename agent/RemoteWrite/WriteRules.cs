using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Applies a destination's write relabelling to series. What it rewrites becomes a series of the table by itself, which is held
/// until the ruling is forgotten. Not thread-safe.
/// </summary>
internal sealed class WriteRules(DestinationOptions options, SeriesTable table)
{
    private readonly LabelsBuilder _builder = new();
    private readonly LabelsBuilder _merged = new();
    private readonly Labels _externalLabels = options.ExternalLabels;
    private readonly RelabelRule[] _rules = [.. options.WriteRelabelRules];
    private readonly SeriesTable _table = table;

    /// <summary>False when every series is sent with its scraped labels and the external ones.</summary>
    public bool Any => _rules.Length > 0;

    /// <summary>What becomes of the series with this label blob.</summary>
    public WriteRuling Judge(ReadOnlySpan<byte> labelBlob)
    {
        if (!Any)
        {
            return WriteRuling.AsScraped;
        }

        Merge(labelBlob, _builder);
        if (!Relabeler.Process(_builder, _rules))
        {
            return WriteRuling.Dropped;
        }

        Labels result = _builder.Build();
        if (result.IsEmpty)
        {
            return WriteRuling.Dropped;
        }

        Merge(labelBlob, _merged);
        return result.Blob.SequenceEqual(_merged.Build().Blob)
            ? WriteRuling.AsScraped
            : WriteRuling.RewrittenTo(_table.Hold(result.Blob, result.Hash));
    }

    /// <summary>Lets go of what a ruling keeps.</summary>
    public void Forget(WriteRuling ruling)
    {
        if (ruling.Kind == WriteRulingKind.Rewritten)
        {
            _table.LetGo(ruling.Final);
        }
    }

    private void Merge(ReadOnlySpan<byte> labelBlob, LabelsBuilder target)
    {
        target.Reset();
        foreach (LabelPair label in new LabelsEnumerator(labelBlob))
        {
            target.Append(label.Name, label.Value);
        }

        foreach (LabelPair label in _externalLabels)
        {
            if (!target.TryGet(label.Name, out _))
            {
                target.Append(label.Name, label.Value);
            }
        }
    }
}
