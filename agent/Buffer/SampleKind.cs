namespace AmpEdge.Agent.Buffer;

/// <summary>What one entry of a series is; the numbers are those of the records that hold them (<see cref="BufferRecord"/>).</summary>
internal enum SampleKind : byte
{
    /// <summary>A time and a value.</summary>
    Sample = BufferRecord.Samples,

    /// <summary>A time and the message of a native histogram.</summary>
    Histogram = BufferRecord.Histograms,

    /// <summary>A time, a value and labels of its own.</summary>
    Exemplar = BufferRecord.Exemplars,
}
