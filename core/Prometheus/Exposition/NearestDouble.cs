using System.Numerics;

namespace AmpEdge.Prometheus;

/// <summary>
/// The double nearest to a decimal number of up to 64 bits of mantissa: the method of Eisel and Lemire ("Number parsing
/// at a gigabyte per second", 2021), with both halves of the power always taken.
/// </summary>
/// <remarks>RescrapeBenchmark.Unchanged, where every fifth number has 17 digits: 43 ns a sample without it, 28 with.</remarks>
internal static class NearestDouble
{
    private const int MantissaBits = 53;
    private const int ExponentBias = 1023;
    private const ulong InfinityBits = 0x7FFUL << (MantissaBits - 1);

    /// <summary>
    /// Computes <c>mantissa * 10^exponent</c>, rounded half to even. False when the number is too large, too close to
    /// the middle of two doubles to be told from it with 128 bits, or near the smallest double.
    /// </summary>
    public static bool TryScale(ulong mantissa, int exponent, out double value)
    {
        value = 0;
        if (mantissa == 0)
        {
            return true;
        }

        if (exponent is < DecimalPower.MinExponent or > DecimalPower.MaxExponent)
        {
            return false;
        }

        ref readonly DecimalPower power = ref DecimalPower.Of(exponent);
        int leading = BitOperations.LeadingZeroCount(mantissa);
        ulong normal = mantissa << leading;

        // The top 128 of 192 bits. The power was cut off by less than 1 and the product loses less than 1, so the
        // true product is at least (high, low) and less than that plus 2.
        ulong carry = Math.BigMul(normal, power.Low, out _);
        ulong high = Math.BigMul(normal, power.High, out ulong low);
        low += carry;
        high += low < carry ? 1UL : 0;

        int unused = BitOperations.LeadingZeroCount(high);
        int biased = 191 - unused + power.Exponent - leading + ExponentBias;
        int dropped = 64 - MantissaBits - unused + (biased > 0 ? 0 : 1 - biased);
        if (dropped >= 64)
        {
            return false;
        }

        ulong rest = high & ((1UL << dropped) - 1);
        ulong half = 1UL << (dropped - 1);
        if ((rest == half && low == 0) || (rest == half - 1 && low == ulong.MaxValue))
        {
            return false;
        }

        // The top bit of a normal number's mantissa adds the 1 that its exponent lacks here; so does a carry.
        ulong bits = ((ulong)Math.Max(biased - 1, 0) << (MantissaBits - 1)) + (high >> dropped) + (rest >= half ? 1UL : 0);
        value = BitConverter.UInt64BitsToDouble(bits);
        return bits < InfinityBits;
    }
}
