using AmpEdge.Prometheus;

namespace AmpEdge.Tests.Support;

/// <summary>A write request as a receiver saw it.</summary>
public sealed record ReceivedRequest(
    DateTimeOffset At,
    IReadOnlyDictionary<string, string> Headers,
    byte[] Body,
    IReadOnlyList<ReceivedSample> Samples,
    IReadOnlyList<MetricMetadata> Metadata);
