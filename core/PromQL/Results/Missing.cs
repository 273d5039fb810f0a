using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The mark of a step without a value in a column: the bits of the staleness marker. Selectors drop stale samples, and
/// arithmetic cannot make these bits (they are a signalling NaN, which every operation quiets), so no real value has them.
/// </summary>
internal static class Missing
{
    private const long Bits = (long)StaleMarker.Bits;

    public static double Value => BitConverter.Int64BitsToDouble(Bits);

    public static bool IsMissing(double value) => BitConverter.DoubleToInt64Bits(value) == Bits;

    /// <summary>All bits set in the lanes without a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Mask(Vector256<double> values) =>
        Vector256.Equals(values.AsInt64(), Vector256.Create(Bits)).AsDouble();

    /// <summary>How many values of a column are there.</summary>
    public static int CountPresent(ReadOnlySpan<double> values) =>
        values.Length - MemoryMarshal.Cast<double, long>(values).Count(Bits);
}
