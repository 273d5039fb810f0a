using System.Numerics;

namespace AmpEdge.Prometheus;

/// <summary>
/// A power of ten as 128 bits of mantissa, the top one set, cut off below: it lies between
/// <c>(High, Low) * 2^Exponent</c> and that with the lowest bit of <c>Low</c> one higher.
/// </summary>
internal readonly record struct DecimalPower(ulong High, ulong Low, int Exponent)
{
    /// <summary>Below it even 19 digits are less than half of the smallest double.</summary>
    public const int MinExponent = -343;

    /// <summary>Above it even one digit is more than the largest double.</summary>
    public const int MaxExponent = 308;

    private const int Bits = 128;

    private static readonly DecimalPower[] s_powers = Compute();

    /// <summary>The power for an exponent from <see cref="MinExponent"/> to <see cref="MaxExponent"/>.</summary>
    public static ref readonly DecimalPower Of(int exponent) => ref s_powers[exponent - MinExponent];

    /// <summary>10^n = 5^n * 2^n, so only powers of five need bits; a negative one is a quotient cut off after 128 of them.</summary>
    private static DecimalPower[] Compute()
    {
        DecimalPower[] powers = new DecimalPower[MaxExponent - MinExponent + 1];
        BigInteger five = BigInteger.One;
        for (int exponent = 0; exponent <= -MinExponent; exponent++, five *= 5)
        {
            int length = (int)five.GetBitLength();
            if (exponent <= MaxExponent)
            {
                int shift = Bits - length;
                powers[exponent - MinExponent] = Of(shift >= 0 ? five << shift : five >> -shift, exponent - shift);
            }

            if (exponent > 0)
            {
                int scale = length + Bits - 1;
                powers[-exponent - MinExponent] = Of((BigInteger.One << scale) / five, -exponent - scale);
            }
        }

        return powers;
    }

    private static DecimalPower Of(BigInteger mantissa, int exponent) =>
        new((ulong)(mantissa >> 64), (ulong)(mantissa & ulong.MaxValue), exponent);
}
