namespace AmpEdge.Prometheus;

/// <summary>
/// The value that says a series has ended: one particular NaN, told from every other by its bits. It must survive
/// storage and transport unchanged, so it is compared by bits and never computed with.
/// </summary>
public static class StaleMarker
{
    public const ulong Bits = 0x7ff0000000000002;

    /// <summary>The bits of the NaN that Prometheus stores for any other NaN.</summary>
    public const ulong NormalNaNBits = 0x7ff8000000000001;

    public static double Value => BitConverter.UInt64BitsToDouble(Bits);

    public static double NormalNaN => BitConverter.UInt64BitsToDouble(NormalNaNBits);

    public static bool IsStale(double value) => BitConverter.DoubleToUInt64Bits(value) == Bits;
}
