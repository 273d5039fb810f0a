using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>Adds up what became of the samples of one commit.</summary>
internal struct CommitTally
{
    /// <summary>Floats stored.</summary>
    public int Floats;

    /// <summary>Histograms stored.</summary>
    public int Histograms;

    private int _duplicates;
    private int _refusedFloats;
    private int _refusedHistograms;
    private AppendOutcome _firstRefusal;
    private uint _firstSeries;
    private long _firstTimestampMs;

    public void Count(AppendOutcome outcome, bool isHistogram, uint series, long timestampMs)
    {
        switch (outcome)
        {
            case AppendOutcome.Appended:
                Floats += isHistogram ? 0 : 1;
                Histograms += isHistogram ? 1 : 0;
                break;
            case AppendOutcome.DuplicateSample:
                _duplicates++;
                break;
            default:
                if (_firstRefusal == AppendOutcome.Appended)
                {
                    (_firstRefusal, _firstSeries, _firstTimestampMs) = (outcome, series, timestampMs);
                }

                _refusedFloats += isHistogram ? 0 : 1;
                _refusedHistograms += isHistogram ? 1 : 0;
                break;
        }
    }

    public readonly CommitResult Result() => new(
        Floats + Histograms, _duplicates, _refusedFloats + _refusedHistograms, _firstRefusal,
        new SeriesRef(_firstSeries), _firstTimestampMs)
    {
        RefusedHistograms = _refusedHistograms,
    };
}
