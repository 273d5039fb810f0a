using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Makes a series' ready-to-send labels for one destination: external labels, write relabelling, encoding. Not thread-safe.</summary>
internal sealed class LabelBlockBuilder(DestinationOptions options)
{
    private static readonly byte[] s_dropped = [];

    private readonly LabelsBuilder _labels = new();
    private readonly ByteBuffer _block = new();
    private readonly Labels _externalLabels = options.ExternalLabels;
    private readonly RelabelRule[] _rules = [.. options.WriteRelabelRules];

    /// <summary>The series with this label blob.</summary>
    public SendSeries Build(ReadOnlySpan<byte> labelBlob, ulong hash)
    {
        _labels.Reset();
        foreach (LabelPair label in new LabelsEnumerator(labelBlob))
        {
            _labels.Append(label.Name, label.Value);
        }

        foreach (LabelPair label in _externalLabels)
        {
            if (!_labels.TryGet(label.Name, out _))
            {
                _labels.Append(label.Name, label.Value);
            }
        }

        if (!Relabeler.Process(_labels, _rules))
        {
            return new SendSeries(s_dropped, hash);
        }

        _block.Clear();
        foreach (LabelPair label in _labels.Build())
        {
            WriteRequestV1Writer.AppendLabel(_block, label.Name, label.Value);
        }

        return new SendSeries(_block.Written.ToArray(), hash);
    }
}
