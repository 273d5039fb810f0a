using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

public sealed class FloatFormatterTests
{
    [Theory]
    [InlineData(0.0, "0", "0.0")]
    [InlineData(1.0, "1", "1.0")]
    [InlineData(-2.5, "-2.5", "-2.5")]
    [InlineData(0.0001, "0.0001", "0.0001")]
    [InlineData(0.00001, "1e-05", "1e-05")]
    [InlineData(123456.0, "123456", "123456.0")]
    [InlineData(1000000.0, "1e+06", "1e+06")]
    [InlineData(1234567.0, "1.234567e+06", "1.234567e+06")]
    [InlineData(1e100, "1e+100", "1e+100")]
    [InlineData(double.PositiveInfinity, "+Inf", "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf", "-Inf")]
    [InlineData(double.NaN, "NaN", "NaN")]
    public void Numbers_are_written_as_Go_writes_them(double value, string shortest, string label)
    {
        Span<byte> text = stackalloc byte[FloatFormatter.MaxLength];
        Assert.Equal(shortest, Encoding.ASCII.GetString(text[..FloatFormatter.WriteShortest(value, text)]));
        Assert.Equal(label, Encoding.ASCII.GetString(text[..FloatFormatter.WriteCanonicalLabelValue(value, text)]));
    }

    [Fact]
    public void What_is_written_reads_back_to_the_same_bits()
    {
        Gen gen = Gen.Create(72);
        Span<byte> text = stackalloc byte[FloatFormatter.MaxLength];
        for (int round = 0; round < 20_000; round++)
        {
            double value = gen.AnyDouble();
            if (double.IsNaN(value))
            {
                continue;
            }

            int length = FloatFormatter.WriteCanonicalLabelValue(value, text);
            Assert.True(
                FloatParser.TryParse(text[..length], out double back) && back.Equals(value),
                string.Create(CultureInfo.InvariantCulture, $"{value:R}; {gen}"));
        }
    }
}
