using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>What a commit stored.</summary>
/// <param name="Appended">Samples that are now visible.</param>
/// <param name="Duplicates">Samples equal to one that another request brought meanwhile: accepted, not stored twice.</param>
/// <param name="Refused">
/// Samples that <see cref="Appender.Append"/> took but that another request has made impossible since, or that lie
/// in the wrong order inside this one; or, of those that came out of order, that the series has with another value.
/// </param>
/// <param name="FirstRefusal">Why the first of those was refused; Appended when none was.</param>
/// <param name="FirstRefusedSeries">Its series, valid until the appender is disposed.</param>
/// <param name="FirstRefusedTimestampMs">Its time.</param>
public readonly record struct CommitResult(
    int Appended,
    int Duplicates,
    int Refused,
    AppendOutcome FirstRefusal,
    SeriesRef FirstRefusedSeries,
    long FirstRefusedTimestampMs)
{
    /// <summary>How many of <see cref="Refused"/> are native histograms.</summary>
    public int RefusedHistograms { get; init; }
}
