using System.Runtime.ExceptionServices;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Some series that were read, with their samples. Its buffers are used again for the next ones.</summary>
internal sealed class ReadBatch(ISeriesSet source)
{
    private const int MostSeries = 64;
    private const int EnoughSamples = 16 * 1024;

    private readonly ISeriesSet _source = source;
    private readonly ISeriesHold? _hold = source.NewHold();
    private readonly Labels[] _labels = new Labels[MostSeries];
    private readonly SampleBuffer[] _samples = new SampleBuffer[MostSeries];

    public int Count { get; private set; }

    /// <summary>All is decoded, or failed. Guarded by the lock of whoever has the batches.</summary>
    public bool IsReady { get; set; }

    /// <summary>Why there are no more series after these.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    public Labels Labels(int index) => _labels[index];

    public SampleBuffer Samples(int index) => _samples[index];

    public void Clear()
    {
        Count = 0;
        IsReady = false;
        Failure = null;
    }

    /// <summary>
    /// Walks over the next series, for <see cref="Decode"/> to decode, until these are many or have many samples; false at
    /// the end of them all, and when the store failed.
    /// </summary>
    /// <param name="samplesPerSeries">How many samples a series has, about.</param>
    public bool Walk(int samplesPerSeries)
    {
        _hold?.Clear();
        int enough = Math.Clamp(EnoughSamples / Math.Max(samplesPerSeries, 1), 1, MostSeries);
        try
        {
            while (Count < enough)
            {
                if (!_source.MoveNext())
                {
                    return false;
                }

                _labels[Count] = _source.Labels;
                SampleBuffer samples = _samples[Count] ??= new SampleBuffer();
                samples.Clear();
                if (_hold is null)
                {
                    _source.Decode(samples);
                }
                else
                {
                    _hold.Add();
                }

                Count++;
            }

            return true;
        }
        catch (Exception failed)
        {
            Failure = ExceptionDispatchInfo.Capture(failed);
            return false;
        }
    }

    /// <summary>Decodes what was walked over, while others walk on. A failure ends the batch before the series that failed.</summary>
    public void Decode()
    {
        int decoded = 0;
        try
        {
            for (; _hold is not null && decoded < Count; decoded++)
            {
                _hold.Decode(decoded, _samples[decoded]);
            }
        }
        catch (Exception failed)
        {
            Failure = ExceptionDispatchInfo.Capture(failed);
            Count = decoded;
        }
    }

    /// <summary>How many samples a series of it has, on average.</summary>
    public int SamplesPerSeries()
    {
        long samples = 0;
        for (int index = 0; index < Count; index++)
        {
            samples += _samples[index].Count;
        }

        return Count == 0 ? 0 : (int)(samples / Count);
    }
}
