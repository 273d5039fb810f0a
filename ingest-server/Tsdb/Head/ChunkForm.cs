namespace AmpEdge.Tsdb;

/// <summary>How the bytes of a chunk of the head are to be read.</summary>
internal enum ChunkForm : byte
{
    /// <summary>No chunk.</summary>
    None = 0,

    /// <summary>Floats in Prometheus's encoding 1.</summary>
    Xor = 1,

    /// <summary>A sample log: native histograms, or what came out of order.</summary>
    Log = 2,
}
