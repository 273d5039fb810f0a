using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Usage;

/// <summary>Reads the metrics and series of remote write bodies into an observation. Keeps its buffers; not thread-safe.</summary>
internal sealed class WriteReader
{
    /// <summary>A body that would be larger is not decoded.</summary>
    public const int MaxDecodedBytes = 32 << 20;

    private const int KeptBytes = 4 << 20;

    private readonly SymbolIndex _symbols = new();
    private byte[] _decoded = [];

    /// <summary>Counts everything in a body; false when it is none that can be read, as far as it could be is counted.</summary>
    public bool TryRead(ObservedRequest request, Observation into, long nowMs)
    {
        if (request.ContentEncoding is not ("" or "snappy")
            || !Snappy.TryGetDecodedLength(request.Body, out int length)
            || length > MaxDecodedBytes)
        {
            return false;
        }

        if (into.WorkspaceOf(request.Workspace) is not { } workspace)
        {
            return true;
        }

        if (_decoded.Length < length || _decoded.Length > KeptBytes)
        {
            _decoded = new byte[Math.Max(length, 64 << 10)];
        }

        if (!Snappy.TryDecode(request.Body, _decoded, out int written))
        {
            return false;
        }

        ReadOnlySpan<byte> message = _decoded.AsSpan(0, written);
        MetricCursor metrics = new(into, workspace, request.Weight, nowMs);
        return IsVersion2(request.ContentType) ? ReadVersion2(message, metrics) : ReadVersion1(message, metrics);
    }

    private static bool IsVersion2(string contentType) =>
        contentType.Contains("io.prometheus.write.v2.Request", StringComparison.Ordinal);

    private static bool ReadVersion1(ReadOnlySpan<byte> message, MetricCursor metrics)
    {
        WriteRequestV1Reader reader = new(message);
        WriteRequestItem item;
        while ((item = reader.Next()) is WriteRequestItem.TimeSeries or WriteRequestItem.Metadata)
        {
            if (item == WriteRequestItem.Metadata)
            {
                continue;
            }

            TimeSeriesV1 series = reader.TimeSeries;
            foreach (LabelPairsV1 label in series.Labels)
            {
                if (label.Name.SequenceEqual(LabelNames.MetricNameUtf8))
                {
                    metrics.Add(label.Value, XxHash64.Hash(series.RawLabels), series.SampleCount + series.HistogramCount);
                    break;
                }
            }
        }

        return item == WriteRequestItem.End;
    }

    private bool ReadVersion2(ReadOnlySpan<byte> message, MetricCursor metrics)
    {
        WriteRequestV2Reader reader = new(message, _symbols);
        WriteRequestItem item;
        while ((item = reader.Next()) == WriteRequestItem.TimeSeries)
        {
            TimeSeriesV2 series = reader.TimeSeries;
            ReadOnlySpan<byte> metric = default;
            ulong hash = 0;
            ScalarsOf references = series.LabelRefs;
            while (references.MoveNext())
            {
                ReadOnlySpan<byte> name = reader.Symbol(references.Current);
                references.MoveNext();
                ReadOnlySpan<byte> value = reader.Symbol(references.Current);
                hash = XxHash64.Hash(value, XxHash64.Hash(name, hash));
                if (name.SequenceEqual(LabelNames.MetricNameUtf8))
                {
                    metric = value;
                }
            }

            if (!metric.IsEmpty)
            {
                metrics.Add(metric, hash, series.SampleCount + series.HistogramCount);
            }
        }

        return item == WriteRequestItem.End;
    }
}
