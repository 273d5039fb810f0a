using AmpEdge.IngestServer.Templates;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Templates;

public class GoNumbersTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1234.5, "1234")]
    [InlineData(1235.5, "1236")]
    [InlineData(0.00001234567, "1.235e-05")]
    [InlineData(99999, "1e+05")]
    [InlineData(123456789, "1.235e+08")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void Four_digits_of_a_number_are_those_of_Go(double value, string expected) =>
        Assert.Equal(expected, GoNumbers.General(value, 4));

    [Theory]
    [InlineData(0.5, 0, "0")]
    [InlineData(1.5, 0, "2")]
    [InlineData(2.5, 0, "2")]
    [InlineData(1.005, 2, "1.00")]
    [InlineData(0.0099, 2, "0.01")]
    [InlineData(0.0001, 2, "0.00")]
    [InlineData(999.999, 2, "1000.00")]
    [InlineData(-1.25, 1, "-1.2")]
    [InlineData(1e22, 1, "10000000000000000000000.0")]
    public void Decimals_are_rounded_as_in_Go(double value, int decimals, string expected) =>
        Assert.Equal(expected, GoNumbers.Fixed(value, decimals));

    [Theory]
    [InlineData(1234.5, 2, "1.23e+03")]
    [InlineData(0, 1, "0.0e+00")]
    [InlineData(9.99, 1, "1.0e+01")]
    public void Exponents_have_two_digits(double value, int decimals, string expected) =>
        Assert.Equal(expected, GoNumbers.Scientific(value, decimals));
}
