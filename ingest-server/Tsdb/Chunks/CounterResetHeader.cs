namespace AmpEdge.Tsdb;

/// <summary>
/// What the third byte of a histogram chunk says about the counter between the chunk before and this one. The numbers are
/// Prometheus's and are on disk; the byte's other bits are zero.
/// </summary>
internal enum CounterResetHeader : byte
{
    /// <summary>Whoever needs to know compares the histograms.</summary>
    Unknown = 0,

    /// <summary>The counter went on.</summary>
    NotReset = 0b0100_0000,

    /// <summary>The counter started anew.</summary>
    Reset = 0b1000_0000,

    /// <summary>No counter at all.</summary>
    Gauge = 0b1100_0000,
}
