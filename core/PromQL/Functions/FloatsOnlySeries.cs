using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Info series as selected: a native histogram among their samples tells that they are none.</summary>
internal sealed class FloatsOnlySeries(ISeriesSet series, in SelectHints hints) : ISeriesSet
{
    private readonly long _startMs = hints.StartMs;
    private readonly long _endMs = hints.EndMs;

    public Labels Labels => series.Labels;

    public bool MoveNext() => series.MoveNext();

    /// <exception cref="QueryException">A sample that may be looked at is a histogram.</exception>
    public void Decode(SampleBuffer samples)
    {
        int first = samples.Count;
        series.Decode(samples);
        ReadOnlySpan<FloatHistogram?> histograms = samples.Histograms;
        for (int index = first; index < histograms.Length; index++)
        {
            bool looked = samples.Timestamps[index] >= _startMs && samples.Timestamps[index] <= _endMs;
            if (looked && histograms[index] is { IsStale: false })
            {
                throw new QueryException(
                    QueryErrorKind.Execution,
                    $"this should be an info metric, with float samples: {LabelsFormatter.FormatAsPairs(Labels)}");
            }
        }
    }

    public void Dispose() => series.Dispose();
}
