using System.Globalization;
using System.Text;
using AmpEdge.QueryApi;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.QueryApi;

public sealed class FloatTextTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1.0, "1")]
    [InlineData(-12.5, "-12.5")]
    [InlineData(0.7000000000000001, "0.7000000000000001")]
    [InlineData(1e-6, "0.000001")]
    [InlineData(9.9e-7, "9.9e-07")]
    [InlineData(1.5e-300, "1.5e-300")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1.2345e22, "1.2345e+22")]
    [InlineData(123456789012345680000.0, "123456789012345680000")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void A_sample_value_prints_as_Prometheus_prints_it(double value, string expected) =>
        Assert.Equal(expected, Sample(value));

    [Theory]
    [InlineData(1e21, "1000000000000000000000")]
    [InlineData(1e-7, "0.0000001")]
    [InlineData(7.0, "7")]
    [InlineData(-1.5e22, "-15000000000000000000000")]
    public void A_scalar_never_prints_with_an_exponent(double value, string expected) =>
        Assert.Equal(expected, Plain(value));

    [Fact]
    public void Every_finite_double_reads_back_as_itself_in_both_forms()
    {
        Gen gen = Gen.Create(71);
        for (int round = 0; round < 20_000; round++)
        {
            double value = gen.OneIn(3) ? gen.Int(1_000_000) / 1000.0 : gen.AnyDouble();
            if (double.IsFinite(value))
            {
                Assert.True(Parse(Sample(value)) == value, $"{value:R} printed as {Sample(value)}, {gen}");
                Assert.True(Parse(Plain(value)) == value, $"{value:R} printed as {Plain(value)}, {gen}");
            }
        }
    }

    [Fact]
    public void Digits_are_as_few_and_as_close_as_those_of_the_framework()
    {
        Gen gen = Gen.Create(72);
        Span<byte> shortest = stackalloc byte[32];
        for (int round = 0; round < 200_000; round++)
        {
            double value = Math.Abs(gen.Int(4) switch
            {
                0 => gen.AnyDouble(),
                1 => gen.Int(1_000_000) / 300.0,
                2 => Math.ScaleB(1, gen.Int(-1074, 1024)),
                _ => gen.Double() * Math.Pow(10, gen.Int(-12, 25)),
            });
            if (!double.IsFinite(value) || value == 0)
            {
                continue;
            }

            (ulong digits, int exponent) = ShortestDigits.Of(value);
            string got = string.Create(CultureInfo.InvariantCulture, $"{digits}E{exponent}");
            Assert.True(value.TryFormat(shortest, out int length, "R", CultureInfo.InvariantCulture));
            string expected = Encoding.ASCII.GetString(shortest[..length]);

            // Of some powers of two the framework prints a digit too few.
            bool isRight = Parse(expected) == value;
            Assert.True(
                Parse(got) == value && (!isRight || Significant(got) == Significant(expected)), $"{expected} gave {got}, {gen}");
        }
    }

    /// <summary>The digits without point, exponent, and zeros at the ends.</summary>
    private static string Significant(string text)
    {
        int exponent = text.IndexOf('E', StringComparison.Ordinal);
        return (exponent < 0 ? text : text[..exponent]).Replace(".", "", StringComparison.Ordinal).Trim('0');
    }

    private static double Parse(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Sample(double value)
    {
        Span<byte> text = stackalloc byte[FloatText.MaxLength];
        return Encoding.ASCII.GetString(text[..FloatText.FormatSample(value, text)]);
    }

    private static string Plain(double value)
    {
        Span<byte> text = stackalloc byte[FloatText.MaxLength];
        return Encoding.ASCII.GetString(text[..FloatText.FormatPlain(value, text)]);
    }
}
