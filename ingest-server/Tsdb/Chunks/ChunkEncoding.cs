namespace AmpEdge.Tsdb;

/// <summary>How a chunk's bytes are to be read. The numbers are Prometheus's and are on disk.</summary>
public enum ChunkEncoding : byte
{
    /// <summary>No chunk.</summary>
    None = 0,

    /// <summary>Floats (FORMAT.md, "XOR chunk").</summary>
    Xor = 1,

    /// <summary>Native histograms with counts as integers.</summary>
    Histogram = 2,

    /// <summary>Native histograms with counts as floats.</summary>
    FloatHistogram = 3,

    /// <summary>Floats in an encoding of Prometheus 3, which is read and not written (FORMAT.md, "XOR2 chunk").</summary>
    Xor2 = 4,
}
