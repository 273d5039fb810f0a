using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Builds messages of remote write 2.0, with what is known of each series' metric. Reusable; not thread-safe.</summary>
internal sealed class RequestWriterV2(MetadataIndex metadata) : IRequestWriter
{
    private readonly WriteRequestV2Writer _request = new();
    private readonly ByteBuffer _message = new();

    /// <summary>None: what a series repeats are numbers of symbols, too short to be looked for as parts.</summary>
    public ReadOnlySpan<int> Parts => default;

    public void Clear() => _request.Clear();

    public void BeginSeries(ReadOnlySpan<byte> labelBlob, ReadOnlySpan<byte> added)
    {
        _request.BeginSeries();
        if (Labels.TryGet(labelBlob, LabelNames.MetricNameUtf8, out ReadOnlySpan<byte> name)
            && metadata.TryGet(name, out SeriesMetadata? known))
        {
            _request.SetMetadata((uint)known.Type, known.Help, known.Unit);
        }

        foreach (LabelPair label in new MergedLabels(labelBlob, added))
        {
            _request.AddLabel(label.Name, label.Value);
        }
    }

    public void AddSample(long timestampMs, double value) => _request.AddSample(timestampMs, value);

    public void AddHistogram(ReadOnlySpan<byte> message) => _request.AddHistogram(message);

    public void AddExemplar(ReadOnlySpan<byte> labelBlob, double value, long timestampMs) =>
        _request.AddExemplar(labelBlob, value, timestampMs);

    public void EndSeries() => _request.EndSeries();

    public ReadOnlySpan<byte> Finish()
    {
        _message.Clear();
        _request.CopyTo(_message);
        return _message.Written;
    }
}
