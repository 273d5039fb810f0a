using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>A native histogram of a <see cref="SampleBatch"/>, which holds its bytes.</summary>
/// <param name="Series">The series.</param>
/// <param name="TimestampMs">Its time, which its bytes say too.</param>
/// <param name="Start">Where its bytes begin.</param>
/// <param name="Length">How many they are.</param>
internal readonly record struct ScrapedHistogram(SeriesRef Series, long TimestampMs, int Start, int Length);
