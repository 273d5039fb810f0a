using System.Runtime.InteropServices;
using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// One sample, histogram or exemplar on its way, as it waits in a shard's queue; its payload follows behind it. It holds its
/// series in the table, so the number means the same series as long as the entry is there.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct QueuedEntry(
    SampleKind kind,
    SeriesRef series,
    bool labelsAreFinal,
    int labelsLength,
    long timestampMs,
    double value,
    SamplePosition position,
    int payloadLength)
{
    public long TimestampMs { get; } = timestampMs;

    public double Value { get; } = value;

    private readonly long _recordOffset = position.RecordOffset;
    private readonly int _segment = position.Segment;
    private readonly int _ordinal = position.Ordinal;

    public SeriesRef Series { get; } = series;

    /// <summary>The length of the series' label blob, for estimates of a request's size.</summary>
    public int LabelsLength { get; } = labelsLength;

    public int PayloadLength { get; } = payloadLength;

    public SampleKind Kind { get; } = kind;

    /// <summary>True when the series' labels are those to send; false when the external ones are still to be added.</summary>
    public bool LabelsAreFinal { get; } = labelsAreFinal;

    /// <summary>Whether it stands in the same record of the buffer as another one: both are of one scrape then.</summary>
    public bool IsOfRecord(in QueuedEntry other) => _recordOffset == other._recordOffset && _segment == other._segment;

    /// <summary>Where the entry stands in the buffer.</summary>
    public SamplePosition Position => new(_segment, _recordOffset, _ordinal);
}
