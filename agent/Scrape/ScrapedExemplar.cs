using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>An exemplar of a <see cref="SampleBatch"/>, which holds the bytes of its labels.</summary>
/// <param name="Series">The series that it stands for.</param>
/// <param name="TimestampMs">Its own time, or that of the scrape.</param>
/// <param name="Value">The value observed.</param>
/// <param name="Start">Where the blob of its labels begins.</param>
/// <param name="Length">How long that is.</param>
internal readonly record struct ScrapedExemplar(
    SeriesRef Series, long TimestampMs, double Value, int Start, int Length);
