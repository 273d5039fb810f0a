using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Builds messages of remote write 1.0. Reusable; not thread-safe.</summary>
internal sealed class RequestWriterV1 : IRequestWriter
{
    private readonly ByteBuffer _request = new(16 << 10);
    private readonly ByteBuffer _labels = new();
    private readonly ByteBuffer _fields = new();

    public void Clear() => _request.Clear();

    public void BeginSeries(ReadOnlySpan<byte> labelBlob, ReadOnlySpan<byte> added)
    {
        _labels.Clear();
        _fields.Clear();
        if (added.IsEmpty)
        {
            foreach (LabelPair label in new LabelsEnumerator(labelBlob))
            {
                WriteRequestV1Writer.AppendLabel(_labels, label.Name, label.Value);
            }

            return;
        }

        foreach (LabelPair label in new MergedLabels(labelBlob, added))
        {
            WriteRequestV1Writer.AppendLabel(_labels, label.Name, label.Value);
        }
    }

    public void AddSample(long timestampMs, double value) => WriteRequestV1Writer.AppendSample(_fields, timestampMs, value);

    public void AddHistogram(ReadOnlySpan<byte> message) => WriteRequestV1Writer.AppendHistogram(_fields, message);

    public void AddExemplar(ReadOnlySpan<byte> labelBlob, double value, long timestampMs) =>
        WriteRequestV1Writer.AppendExemplar(_fields, labelBlob, value, timestampMs);

    public void EndSeries() => WriteRequestV1Writer.AppendTimeSeries(_request, _labels.Written, _fields.Written);

    public ReadOnlySpan<byte> Finish() => _request.Written;
}
