using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>A sample on its way from a page to the buffer.</summary>
internal readonly record struct ScrapedSample(SeriesRef Series, long TimestampMs, double Value);
