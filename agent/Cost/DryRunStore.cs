using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.RemoteWrite;
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
    private readonly RequestWriterV1 _request = new();
    private readonly SnappyPartsEncoder _snappy = new();
    private readonly ByteBuffer _labels = new();
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
                BeginSeries(sample.Series);
                _request.AddSample(sample.TimestampMs, sample.Value);
                EndSeries();
            }

            foreach (ref readonly ScrapedHistogram histogram in batch.Histograms)
            {
                BeginSeries(histogram.Series);
                _request.AddHistogram(batch.MessageOf(in histogram));
                EndSeries();
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

    private void BeginSeries(SeriesRef series)
    {
        _labels.Clear();
        Series.CopyLabels(series, _labels);
        _request.BeginSeries(_labels.Written, externalLabels.Blob);
    }

    private void EndSeries()
    {
        _request.EndSeries();
        Samples++;
        if (++_samplesInRequest == samplesPerRequest)
        {
            Measure();
        }
    }

    private void Measure()
    {
        ReadOnlySpan<byte> message = _request.Finish();
        int needed = Snappy.MaxEncodedLength(message.Length);
        if (_body.Length < needed)
        {
            _body = new byte[needed];
        }

        WireBytes += _snappy.Encode(message, _request.Parts, _body);
        _request.Clear();
        _samplesInRequest = 0;
    }
}
