using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Some series that were read, with their samples. Its buffers are used again for the next ones.</summary>
internal sealed class ReadBatch
{
    private const int MostSeries = 64;
    private const int EnoughSamples = 16 * 1024;

    private readonly Labels[] _labels = new Labels[MostSeries];
    private readonly SampleBuffer[] _samples = new SampleBuffer[MostSeries];

    public int Count { get; private set; }

    public Labels Labels(int index) => _labels[index];

    public SampleBuffer Samples(int index) => _samples[index];

    public void Clear() => Count = 0;

    /// <summary>Reads the next series, until there are many of them or of their samples; false at the end of them all.</summary>
    public bool Fill(ISeriesSet series)
    {
        Clear();
        for (int samples = 0; Count < MostSeries && samples < EnoughSamples;)
        {
            if (!series.MoveNext())
            {
                return false;
            }

            SampleBuffer buffer = _samples[Count] ??= new SampleBuffer();
            buffer.Clear();
            series.Decode(buffer);
            samples += buffer.Count;
            _labels[Count++] = series.Labels;
        }

        return true;
    }
}
