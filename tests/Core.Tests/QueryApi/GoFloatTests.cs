using System.Globalization;
using AmpEdge.QueryApi;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.QueryApi;

public sealed class GoFloatTests
{
    [Theory]
    [InlineData("0x10p0", 16)]
    [InlineData("0X1.8P1", 3)]
    [InlineData("-0x.8p1", -1)]
    [InlineData("+0x1p-2", 0.25)]
    [InlineData("0x_1_2.3_4_5p+1_2", 74565)]
    [InlineData("0x6553f1d4p0", 1700000212)]
    [InlineData("0x1fffffffffffff8p0", 144115188075855864)]
    [InlineData("0x10000000000000800000000p0", 3.094850098213451e+26)]
    [InlineData("0x10000000000000800000001p0", 3.0948500982134514e+26)]
    [InlineData("0x1p-1074", double.Epsilon)]
    [InlineData("0x1p999999999999", double.PositiveInfinity)]
    [InlineData("1_700_000_000", 1700000000)]
    [InlineData("1_23.50_0_0e+1_2", 1.235e+14)]
    [InlineData("5.", 5)]
    [InlineData(".5", .5)]
    [InlineData("-Inf", double.NegativeInfinity)]
    [InlineData("iNfInItY", double.PositiveInfinity)]
    public void A_number_is_read_as_Go_reads_it(string text, double expected)
    {
        Assert.True(GoFloat.TryParse(text, out double value), text);
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("0x10")]
    [InlineData("0xp1")]
    [InlineData("0x1p")]
    [InlineData("0x1p+")]
    [InlineData("0x1.2.3p1")]
    [InlineData("0x1pa")]
    [InlineData("1p4")]
    [InlineData("_1")]
    [InlineData("1_")]
    [InlineData("1__0")]
    [InlineData("1_.5")]
    [InlineData("1._5")]
    [InlineData("1e_5")]
    [InlineData("0b1")]
    [InlineData("--1")]
    [InlineData("1 ")]
    [InlineData("+NaN")]
    [InlineData("∞")]
    public void What_Go_refuses_is_refused(string text) => Assert.False(GoFloat.TryParse(text, out _), text);

    [Fact]
    public void Every_double_comes_back_from_its_hexadecimal_form()
    {
        Gen gen = Gen.Create(71);
        for (int round = 0; round < 2000; round++)
        {
            long bits = gen.Long();
            double expected = BitConverter.Int64BitsToDouble(bits);
            long exponent = (bits >> 52) & 0x7FF;
            if (exponent is 0 or 0x7FF)
            {
                continue;
            }

            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"{(bits < 0 ? "-" : "")}0x1.{bits & 0xF_FFFF_FFFF_FFFF:x13}p{exponent - 1023}");
            Assert.True(GoFloat.TryParse(text, out double value), $"{text}, {gen}");
            Assert.Equal(expected, value);
        }
    }
}
