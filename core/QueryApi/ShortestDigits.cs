using System.Numerics;

namespace AmpEdge.QueryApi;

/// <summary>
/// The fewest digits that read back as the same number, and of those the closest: the algorithm "Schubfach" of Raffaello
/// Giulietti, which takes three multiplications where the general formatting of .NET takes a hundred nanoseconds. A range
/// answer has one such number for each point.
/// </summary>
public static class ShortestDigits
{
    private const int SignificandBits = 52;
    private const int ExponentBias = 1075;
    private const int LeastPower = -292;
    private const int GreatestPower = 324;

    /// <summary>Powers of ten, 128 bits each.</summary>
    private static readonly (ulong High, ulong Low)[] s_powers = MakePowers();

    /// <summary>Finds digits and exponent of the magnitude of a finite number other than zero: digits × 10^exponent.</summary>
    public static (ulong Digits, int Exponent) Of(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        ulong fraction = bits & ((1UL << SignificandBits) - 1);
        int biased = (int)(bits >> SignificandBits) & 0x7FF;
        ulong significand = biased == 0 ? fraction : fraction | (1UL << SignificandBits);
        int exponent = Math.Max(biased, 1) - ExponentBias;

        // Below a power of two numbers lie twice as dense.
        bool lowerIsCloser = fraction == 0 && biased > 1;
        int power = ((exponent * 1_262_611) - (lowerIsCloser ? 524_031 : 0)) >> 22;
        int shift = exponent + ((-power * 1_741_647) >> 19) + 1;
        (ulong High, ulong Low) scale = s_powers[-power - LeastPower];

        // Four times the number and the ends of the stretch that reads back as it, scaled.
        ulong lower = Scaled(scale, ((4 * significand) - (lowerIsCloser ? 1UL : 2UL)) << shift);
        ulong middle = Scaled(scale, (4 * significand) << shift);
        ulong upper = Scaled(scale, ((4 * significand) + 2) << shift);
        ulong odd = significand & 1;
        return Shortest(lower + odd, middle, upper - odd, power);
    }

    private static (ulong Digits, int Exponent) Shortest(ulong lower, ulong middle, ulong upper, int power)
    {
        ulong whole = middle / 4;
        if (whole >= 10)
        {
            ulong tens = whole / 10;
            bool downFits = lower <= 40 * tens;
            bool upFits = (40 * tens) + 40 <= upper;
            if (downFits != upFits)
            {
                return (tens + (upFits ? 1UL : 0), power + 1);
            }
        }

        bool floorFits = lower <= 4 * whole;
        bool ceilingFits = (4 * whole) + 4 <= upper;
        if (floorFits != ceilingFits)
        {
            return (whole + (ceilingFits ? 1UL : 0), power);
        }

        ulong half = (4 * whole) + 2;
        bool roundUp = middle > half || (middle == half && (whole & 1) != 0);
        return (whole + (roundUp ? 1UL : 0), power);
    }

    /// <summary>The upper part of the product, its last bit set when anything was cut off.</summary>
    private static ulong Scaled((ulong High, ulong Low) scale, ulong factor)
    {
        ulong carried = Math.BigMul(scale.Low, factor, out _);
        ulong upper = Math.BigMul(scale.High, factor, out ulong lower);
        lower += carried;
        upper += lower < carried ? 1UL : 0;
        return upper | (lower > 1 ? 1UL : 0);
    }

    private static (ulong High, ulong Low)[] MakePowers()
    {
        (ulong High, ulong Low)[] powers = new (ulong High, ulong Low)[GreatestPower - LeastPower + 1];
        for (int power = LeastPower; power <= GreatestPower; power++)
        {
            powers[power - LeastPower] = Compute(power);
        }

        return powers;
    }

    /// <summary>10^power as 128 bits with the first one set, rounded up.</summary>
    private static (ulong High, ulong Low) Compute(int power)
    {
        BigInteger ten = BigInteger.Pow(10, Math.Abs(power));
        int log2 = (power * 1_741_647) >> 19;
        BigInteger scaled;
        if (power >= 0)
        {
            int cut = log2 - 127;
            scaled = cut <= 0 ? ten << -cut : (ten + ((BigInteger.One << cut) - 1)) >> cut;
        }
        else
        {
            scaled = ((BigInteger.One << (127 - log2)) + ten - 1) / ten;
        }

        return ((ulong)(scaled >> 64), (ulong)(scaled & ulong.MaxValue));
    }
}
