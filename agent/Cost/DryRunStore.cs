using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Scrape;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Cost;

/// <summary>
/// Takes samples only to see how they would travel: each scrape is encoded as remote write 1.0 would send it, measured
/// and forgotten.
/// </summary>
internal sealed class DryRunStore(Labels externalLabels, int samplesPerRequest) : ISampleStore
{
    private readonly Lock _wireLock = new();
    private readonly ByteBuffer _request = new(64 << 10);
    private readonly ByteBuffer _labels = new();
    private readonly ByteBuffer _block = new();
    private readonly ByteBuffer _fields = new();
    private byte[] _body = [];
    private int _samplesInRequest;

    public SeriesTable Series { get; } = new();

    /// <summary>Samples since the last <see cref="Restart"/>.</summary>
    public long Samples { get; private set; }

    /// <summary>The compressed requests that they made.</summary>
    public long WireBytes { get; private set; }

    public SeriesRef Acquire(Labels labels, out bool isFirst) => Series.Acquire(labels, out isFirst);

    public void Release(SeriesRef series) => Series.Release(series);

    public bool Append(SampleBatch batch)
    {
        lock (_wireLock)
        {
            foreach (ref readonly ScrapedSample sample in batch.Samples)
            {
                AppendLabels(sample.Series);
                WriteRequestV1Writer.AppendTimeSeries(_request, _block.Written, sample.TimestampMs, sample.Value);
                CountOne();
            }

            foreach (ref readonly ScrapedHistogram histogram in batch.Histograms)
            {
                AppendLabels(histogram.Series);
                _fields.Clear();
                WriteRequestV1Writer.AppendHistogram(_fields, batch.MessageOf(in histogram));
                WriteRequestV1Writer.AppendTimeSeries(_request, _block.Written, _fields.Written);
                CountOne();
            }
        }

        return true;
    }

    /// <summary>Forgets what was counted.</summary>
    public void Restart()
    {
        lock (_wireLock)
        {
            _request.Clear();
            _samplesInRequest = 0;
            Samples = 0;
            WireBytes = 0;
        }
    }

    /// <summary>Measures the request that is not full yet, too.</summary>
    public void Finish()
    {
        lock (_wireLock)
        {
            if (_samplesInRequest > 0)
            {
                Measure();
            }
        }
    }

    private void CountOne()
    {
        Samples++;
        if (++_samplesInRequest == samplesPerRequest)
        {
            Measure();
        }
    }

    private void AppendLabels(SeriesRef series)
    {
        _labels.Clear();
        Series.CopyLabels(series, _labels);
        LabelsBuilder labels = new();
        foreach (LabelPair label in new LabelsEnumerator(_labels.Written))
        {
            labels.Append(label.Name, label.Value);
        }

        foreach (LabelPair label in externalLabels)
        {
            if (!labels.TryGet(label.Name, out _))
            {
                labels.Append(label.Name, label.Value);
            }
        }

        _block.Clear();
        foreach (LabelPair label in labels.Build())
        {
            WriteRequestV1Writer.AppendLabel(_block, label.Name, label.Value);
        }
    }

    private void Measure()
    {
        int needed = Snappy.MaxEncodedLength(_request.Length);
        if (_body.Length < needed)
        {
            _body = new byte[needed];
        }

        WireBytes += Snappy.Encode(_request.Written, _body);
        _request.Clear();
        _samplesInRequest = 0;
    }
}
