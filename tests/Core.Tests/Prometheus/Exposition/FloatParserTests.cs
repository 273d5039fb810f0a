using System.Globalization;
using System.Numerics;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

public sealed class FloatParserTests
{
    [Fact]
    public void Every_form_of_a_number_reads_as_the_runtime_reads_it()
    {
        Gen gen = Gen.Create(71);
        for (int round = 0; round < 50_000; round++)
        {
            double value = gen.OneIn(3) ? gen.Int(1_000_000) / 1000.0 : gen.AnyDouble();
            if (!double.IsFinite(value))
            {
                continue;
            }

            string text = value.ToString(gen.Pick("R", "E16", "E3", "G17", "F2"), CultureInfo.InvariantCulture);
            double expected = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            bool parsed = FloatParser.TryParse(Encoding.ASCII.GetBytes(text), out double actual);
            Assert.True(
                parsed
                    ? BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual)
                    : double.IsInfinity(expected),
                $"{text}: expected {expected:R}, got {actual:R}; {gen}");
        }
    }

    [Fact]
    public void Numbers_of_fifteen_to_nineteen_digits_are_the_nearest_double_over_the_whole_range()
    {
        Gen gen = Gen.Create(72);
        Span<char> text = stackalloc char[40];
        for (int round = 0; round < 500_000; round++)
        {
            int length = 0;
            if (gen.Bool())
            {
                text[length++] = '-';
            }

            int digits = gen.Int(15, 20);
            int point = gen.Int(digits + 1);
            for (int digit = 0; digit < digits; digit++)
            {
                if (digit == point)
                {
                    text[length++] = '.';
                }

                text[length++] = (char)('0' + gen.Int(10));
            }

            int exponent = gen.Int(4) switch { 0 => 0, 1 => gen.Int(-30, 30), _ => gen.Int(-330, 311) };
            if (exponent != 0)
            {
                text[length++] = 'e';
                exponent.TryFormat(text[length..], out int written, default, CultureInfo.InvariantCulture);
                length += written;
            }

            AssertAsTheRuntime(text[..length], gen);
        }
    }

    [Fact]
    public void The_middle_of_two_doubles_and_its_neighbours_round_as_the_runtime_rounds_them()
    {
        Gen gen = Gen.Create(73);
        for (int round = 0; round < 20_000; round++)
        {
            // 54 bits with the lowest set are half-way, also when doubled; times 5^n and 10^-n they are so below a double.
            long middle = (1L << 53) | (gen.Long() & ((1L << 53) - 1)) | 1;
            int places = gen.Int(4);
            long whole = places == 0 ? middle << gen.Int(9) : middle * (long)Math.Pow(5, places);
            for (int offset = -1; offset <= 1; offset++)
            {
                string text = (whole + offset).ToString(CultureInfo.InvariantCulture);
                AssertAsTheRuntime(text + (places == 0 ? "" : "e-" + places.ToString(CultureInfo.InvariantCulture)), gen);
                AssertAsTheRuntime(text + gen.Pick("e1", "e3", "e22", "e23", "e-5"), gen);
            }

            // An odd factor of 54 bits, some of which come from the power of ten.
            int power = gen.Int(1, 6);
            long factor = (middle / (long)Math.Pow(5, power)) | 1;
            AssertAsTheRuntime($"{factor << (power * 2) + 3}e{power}", gen);
        }
    }

    [Fact]
    public void The_middle_above_any_double_cut_to_nineteen_digits_rounds_as_the_runtime_rounds_it()
    {
        Gen gen = Gen.Create(74);
        for (int round = 0; round < 50_000; round++)
        {
            long bits = gen.Long() & long.MaxValue;
            bits = gen.OneIn(4) ? bits & ((1L << gen.Int(1, 54)) - 1) : bits;
            double value = BitConverter.Int64BitsToDouble(bits);
            if (double.IsFinite(value) && double.IsFinite(double.BitIncrement(value)))
            {
                string text = MiddleAbove(value);
                AssertAsTheRuntime(text, gen);
                AssertAsTheRuntime(text.Replace("E", "1E", StringComparison.Ordinal), gen);
            }
        }
    }

    [Theory]
    [InlineData("4.9406564584124654e-324")]
    [InlineData("2.470328229206232720e-324")]
    [InlineData("2.470328229206232721e-324")]
    [InlineData("2.225073858507201136e-308")]
    [InlineData("2.225073858507201137e-308")]
    [InlineData("2.2250738585072014e-308")]
    [InlineData("1.797693134862315807e308")]
    [InlineData("1.797693134862315808e308")]
    [InlineData("1.797693134862315809e308")]
    [InlineData("9999999999999999999e290")]
    [InlineData("9999999999999999999e-343")]
    [InlineData("9999999999999999999e-344")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("9223372036854776832")]
    [InlineData("9223372036854778880")]
    [InlineData("9999999999999999999")]
    [InlineData("9007199254740993")]
    [InlineData("9007199254740993e1")]
    [InlineData("-0e400")]
    [InlineData("0.000000000000000000000000000000")]
    [InlineData("0.0000000000012345678901234567")]
    [InlineData("0000000000000000000000000.1234567890123456789")]
    [InlineData("00000000000000000000000001234567890123456789.5")]
    public void Limits_read_as_the_runtime_reads_them(string text) => AssertAsTheRuntime(text, Gen.Create(0));

    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("-0", -0.0)]
    [InlineData("+1.5", 1.5)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5.0)]
    [InlineData("1E3", 1000.0)]
    [InlineData("0000000000000000000000000000000000000000001.2e-1", 0.12)]
    [InlineData("123456789012345678901234567890", 123456789012345678901234567890.0)]
    [InlineData("1e-400", 0.0)]
    [InlineData("iNf", double.PositiveInfinity)]
    [InlineData("-Infinity", double.NegativeInfinity)]
    [InlineData("nan", double.NaN)]
    public void Gos_notations_are_numbers(string text, double expected)
    {
        Assert.Equal(FloatParseOutcome.Parsed, FloatParser.Parse(Encoding.ASCII.GetBytes(text), out double value));
        Assert.Equal(expected, value);
        Assert.Equal(double.IsNegative(expected) && expected == 0, double.IsNegative(value) && value == 0);
    }

    [Theory]
    [InlineData("", FloatParseOutcome.InvalidSyntax)]
    [InlineData(" 1", FloatParseOutcome.InvalidSyntax)]
    [InlineData("1 ", FloatParseOutcome.InvalidSyntax)]
    [InlineData("-", FloatParseOutcome.InvalidSyntax)]
    [InlineData(".", FloatParseOutcome.InvalidSyntax)]
    [InlineData("1.2.3", FloatParseOutcome.InvalidSyntax)]
    [InlineData("1e", FloatParseOutcome.InvalidSyntax)]
    [InlineData("1e+", FloatParseOutcome.InvalidSyntax)]
    [InlineData("1,000", FloatParseOutcome.InvalidSyntax)]
    [InlineData("+NaN", FloatParseOutcome.InvalidSyntax)]
    [InlineData("infi", FloatParseOutcome.InvalidSyntax)]
    [InlineData("0b1", FloatParseOutcome.InvalidSyntax)]
    [InlineData("1_0", FloatParseOutcome.UnsupportedCharacter)]
    [InlineData("0x1p-3", FloatParseOutcome.UnsupportedCharacter)]
    [InlineData("1e309", FloatParseOutcome.OutOfRange)]
    [InlineData("-1e99999999999", FloatParseOutcome.OutOfRange)]
    public void Anything_else_is_refused_with_its_reason(string text, FloatParseOutcome expected)
    {
        Assert.Equal(expected, FloatParser.Parse(Encoding.ASCII.GetBytes(text), out double value));
        Assert.Equal(0, value);
    }

    [Fact]
    public void NaN_is_the_ordinary_one_and_never_the_stale_marker()
    {
        Assert.True(FloatParser.TryParse("NaN"u8, out double value));
        Assert.Equal(StaleMarker.NormalNaNBits, BitConverter.DoubleToUInt64Bits(value));
    }

    [Fact]
    public void A_prefix_stops_at_the_first_byte_that_is_no_part_of_the_number()
    {
        Assert.Equal(4, FloatParser.ParsePrefix("12.5\nb 3"u8, out double value));
        Assert.Equal(12.5, value);
        Assert.Equal(19, FloatParser.ParsePrefix("0.12345678901234567\nb 3"u8, out value));
        Assert.Equal(0.12345678901234567, value);
        Assert.Equal(0, FloatParser.ParsePrefix("NaN\n"u8, out _));
        Assert.Equal(0, FloatParser.ParsePrefix("\n"u8, out _));
    }

    private static void AssertAsTheRuntime(ReadOnlySpan<char> text, Gen gen)
    {
        Span<byte> bytes = stackalloc byte[text.Length];
        Encoding.ASCII.GetBytes(text, bytes);
        double expected = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        FloatParseOutcome outcome = FloatParser.Parse(bytes, out double actual);
        bool same = double.IsInfinity(expected)
            ? outcome == FloatParseOutcome.OutOfRange
            : outcome == FloatParseOutcome.Parsed
                && BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual);
        if (!same)
        {
            Assert.Fail($"{text}: expected {expected:R}, got {outcome} {actual:R}; {gen}");
        }
    }

    /// <summary>The first 18 digits of the exact number half-way to the next double, in scientific notation.</summary>
    private static string MiddleAbove(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int biased = (int)(bits >> 52);
        BigInteger mantissa = bits & ((1L << 52) - 1);
        mantissa += biased == 0 ? 0 : 1L << 52;
        int exponent = Math.Max(biased, 1) - 1075;
        BigInteger doubled = (mantissa * 2) + 1;
        exponent--;

        // Below one, m * 2^-n is m * 5^n * 10^-n.
        BigInteger digits = exponent >= 0 ? doubled << exponent : doubled * BigInteger.Pow(5, -exponent);
        string text = digits.ToString(CultureInfo.InvariantCulture);
        string head = text.Length > 18 ? text[..18] : text;
        int scale = text.Length - head.Length + Math.Min(exponent, 0);
        return head + "E" + scale.ToString(CultureInfo.InvariantCulture);
    }
}
