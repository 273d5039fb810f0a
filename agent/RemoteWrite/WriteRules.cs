using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Applies a destination's write relabelling to series and remembers what came out in as few bytes as it takes: nothing but a
/// number where the rules leave a series alone or drop it. Not thread-safe.
/// </summary>
internal sealed class WriteRules(DestinationOptions options)
{
    private readonly LabelsBuilder _builder = new();
    private readonly LabelsBuilder _merged = new();
    private readonly Labels _externalLabels = options.ExternalLabels;
    private readonly RelabelRule[] _rules = [.. options.WriteRelabelRules];
    private readonly LabelSlabs _rewritten = new();

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
            : WriteRuling.RewrittenAt(_rewritten.Store(result.Blob));
    }

    /// <summary>The labels to queue for a series with this ruling.</summary>
    public SeriesLabels LabelsOf(WriteRuling ruling, ReadOnlySpan<byte> labelBlob, ulong hash) => ruling.Kind switch
    {
        WriteRulingKind.AsScraped => new SeriesLabels(labelBlob, hash, areFinal: false),
        WriteRulingKind.Rewritten => new SeriesLabels(_rewritten.Read(ruling.Labels), hash, areFinal: true),
        _ => new SeriesLabels(default, hash, areFinal: true),
    };

    /// <summary>Lets go of what a ruling keeps.</summary>
    public void Forget(WriteRuling ruling)
    {
        if (ruling.Kind == WriteRulingKind.Rewritten)
        {
            _rewritten.Free(ruling.Labels);
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
