using System.Globalization;
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
        Assert.Equal(0, FloatParser.ParsePrefix("NaN\n"u8, out _));
        Assert.Equal(0, FloatParser.ParsePrefix("\n"u8, out _));
    }
}
