using AmpEdge.PromQL;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public class GoNumberTests
{
    [Theory]
    [InlineData(3, "3")]
    [InlineData(10, "10")]
    [InlineData(99.4, "99")]
    [InlineData(99.6, "1e+02")]
    [InlineData(123456, "1.2e+05")]
    [InlineData(0.25, "0.25")]
    [InlineData(0.000123, "0.00012")]
    [InlineData(0.0000123, "1.2e-05")]
    [InlineData(-1.55e100, "-1.6e+100")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(0, "0")]
    public void Two_digits_are_written_as_Go_does(double value, string expected) =>
        Assert.Equal(expected, GoNumber.General(value, digits: 2));

    [Theory]
    [InlineData(1, "1.0")]
    [InlineData(0.5, "0.5")]
    [InlineData(1e6, "1e+06")]
    [InlineData(double.NaN, "NaN")]
    public void Values_of_quantile_labels_are_recognisable_as_floats(double value, string expected) =>
        Assert.Equal(expected, GoNumber.OpenMetrics(value));
}
