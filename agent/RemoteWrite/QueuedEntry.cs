using System.Runtime.InteropServices;
using AmpEdge.Agent.Buffer;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// What stands in front of an entry's bytes in a shard's queue: one sample, histogram or exemplar on its way. Its labels and
/// payload follow behind it, so that nothing an entry needs can change or go away while it waits.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct QueuedEntry(
    SampleKind kind, SeriesLabels labels, long timestampMs, double value, SamplePosition position, int labelsLength, int payloadLength)
{
    public long TimestampMs { get; } = timestampMs;

    public double Value { get; } = value;

    /// <summary>Of the series' scraped labels: decides the shard, and tells series apart within a batch.</summary>
    public ulong SeriesHash { get; } = labels.Hash;

    private readonly long _recordOffset = position.RecordOffset;
    private readonly int _segment = position.Segment;
    private readonly int _ordinal = position.Ordinal;

    public int LabelsLength { get; } = labelsLength;

    public int PayloadLength { get; } = payloadLength;

    public SampleKind Kind { get; } = kind;

    /// <summary>True when the labels are those to send; false when the external ones are still to be added.</summary>
    public bool LabelsAreFinal { get; } = labels.AreFinal;

    /// <summary>Where the entry stands in the buffer.</summary>
    public SamplePosition Position => new(_segment, _recordOffset, _ordinal);
}
