using AmpEdge.Prometheus;

namespace AmpEdge.Tests.Support;

/// <summary>A write request as a receiver saw it.</summary>
public sealed record ReceivedRequest(
    DateTimeOffset At,
    IReadOnlyDictionary<string, string> Headers,
    byte[] Body,
    IReadOnlyList<ReceivedSample> Samples,
    IReadOnlyList<MetricMetadata> Metadata)
{
    /// <summary>The message, out of its compression.</summary>
    public byte[] Message { get; init; } = [];

    /// <summary>How many series the message has.</summary>
    public int SeriesCount { get; init; }

    /// <summary>Native histograms, with their sum as the value.</summary>
    public IReadOnlyList<ReceivedSample> Histograms { get; init; } = [];

    /// <summary>Exemplars of series, with their own labels behind the series'.</summary>
    public IReadOnlyList<ReceivedSample> Exemplars { get; init; } = [];
}
