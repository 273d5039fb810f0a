namespace AmpEdge.Agent.Buffer;

/// <summary>The record types of the buffer's segments, drawn in FORMAT.md. Persisted: a number is never given another meaning.</summary>
internal static class BufferRecord
{
    /// <summary>When the segment was begun; its first record.</summary>
    public const byte SegmentStart = 1;

    /// <summary>Series with their labels as text. Read, not written any more: see <see cref="Series"/>.</summary>
    public const byte SeriesAsText = 2;

    /// <summary>The samples of one commit.</summary>
    public const byte Samples = 3;

    /// <summary>The native histograms of one commit.</summary>
    public const byte Histograms = 4;

    /// <summary>The exemplars of one commit.</summary>
    public const byte Exemplars = 5;

    /// <summary>Labels of series, each before its first sample in the segment.</summary>
    public const byte Series = 6;
}
