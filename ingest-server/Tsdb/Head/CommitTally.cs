using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>Adds up what became of the samples of one commit, whatever the order in which they are judged.</summary>
internal struct CommitTally
{
    /// <summary>Floats stored.</summary>
    public int Floats;

    /// <summary>Histograms stored.</summary>
    public int Histograms;

    /// <summary>Of both, those that came out of order.</summary>
    public int Late;

    private long _minTimeMs;
    private long _maxTimeMs;
    private int _duplicates;
    private int _refusedFloats;
    private int _refusedHistograms;
    private int _firstPlace;
    private AppendOutcome _firstRefusal;
    private uint _firstSeries;
    private long _firstTimestampMs;

    public CommitTally()
    {
        _minTimeMs = long.MaxValue;
        _maxTimeMs = long.MinValue;
        _firstPlace = int.MaxValue;
    }

    /// <summary>The first and the last time of those that were stored; meaningful when there are any.</summary>
    public readonly TimeInterval Times => new(_minTimeMs, _maxTimeMs);

    /// <summary>Notes the time of a sample that is stored.</summary>
    public void NoteTime(long timestampMs)
    {
        _minTimeMs = Math.Min(_minTimeMs, timestampMs);
        _maxTimeMs = Math.Max(_maxTimeMs, timestampMs);
    }

    /// <param name="outcome">What became of a sample.</param>
    /// <param name="isHistogram">Whether it is a native histogram.</param>
    /// <param name="place">Its place in the request, histograms behind floats.</param>
    /// <param name="series">Its series.</param>
    /// <param name="timestampMs">Its time.</param>
    public void Count(AppendOutcome outcome, bool isHistogram, int place, uint series, long timestampMs)
    {
        switch (outcome)
        {
            case AppendOutcome.Appended:
                Floats += isHistogram ? 0 : 1;
                Histograms += isHistogram ? 1 : 0;
                NoteTime(timestampMs);
                break;
            case AppendOutcome.DuplicateSample:
                _duplicates++;
                break;
            default:
                if (place < _firstPlace)
                {
                    (_firstPlace, _firstRefusal, _firstSeries, _firstTimestampMs) = (place, outcome, series, timestampMs);
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
