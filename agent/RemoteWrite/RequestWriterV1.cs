using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Builds messages of remote write 1.0. Reusable; not thread-safe.</summary>
internal sealed class RequestWriterV1 : IRequestWriter
{
    private readonly ByteBuffer _request = new(16 << 10);
    private readonly PartStarts _parts = new();
    private int _seriesStart;
    private int _firstPart;

    public ReadOnlySpan<int> Parts => _parts.Starts;

    public void Clear()
    {
        _request.Clear();
        _parts.Clear();
    }

    public void BeginSeries(ReadOnlySpan<byte> labelBlob, ReadOnlySpan<byte> added)
    {
        _seriesStart = WriteRequestV1Writer.BeginTimeSeries(_request);
        _parts.Add(_seriesStart);
        _firstPart = _parts.Count;
        if (added.IsEmpty)
        {
            WriteRequestV1Writer.AppendLabels(_request, labelBlob, _parts);
            return;
        }

        foreach (LabelPair label in new MergedLabels(labelBlob, added))
        {
            _parts.Add(_request.Length);
            WriteRequestV1Writer.AppendLabel(_request, label.Name, label.Value);
        }
    }

    public void AddSample(long timestampMs, double value)
    {
        _parts.Add(_request.Length);
        WriteRequestV1Writer.AppendSample(_request, timestampMs, value);
    }

    public void AddHistogram(ReadOnlySpan<byte> message)
    {
        _parts.Add(_request.Length);
        WriteRequestV1Writer.AppendHistogram(_request, message);
    }

    public void AddExemplar(ReadOnlySpan<byte> labelBlob, double value, long timestampMs)
    {
        _parts.Add(_request.Length);
        WriteRequestV1Writer.AppendExemplar(_request, labelBlob, value, timestampMs);
    }

    public void EndSeries()
    {
        int moved = WriteRequestV1Writer.EndTimeSeries(_request, _seriesStart);
        if (moved != 0)
        {
            _parts.Move(_firstPart, moved);
        }
    }

    public ReadOnlySpan<byte> Finish() => _request.Written;
}
