using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

public sealed class ValueRoundingTests
{
    [Theory]
    [InlineData(3, null, 123456.789, 123000)]
    [InlineData(3, null, -0.00012349, -0.000123)]
    [InlineData(1, null, 9.5e-310, 9e-310)]
    [InlineData(2, null, double.MaxValue, 1.7976931348623157E+308)]
    [InlineData(16, null, 0.1, 0.1)]
    [InlineData(0, 2, 0.125, 0.13)]
    [InlineData(0, 2, 2.5e17, 2.5e17)]
    [InlineData(0, 0, -2.5, -3)]
    [InlineData(0, 0, 0.4, 0)]
    [InlineData(3, 1, 12.3456, 12.3)]
    [InlineData(0, null, 1.23456789, 1.23456789)]
    public void A_value_keeps_the_digits_that_are_asked_for(int figures, int? digits, double value, double expected)
    {
        ValueRounding rounding = new(figures, digits);
        double rounded = rounding.Of(SampleKind.Sample, value);

        Assert.Equal(expected, rounded);
        Assert.Equal(rounded, rounding.Of(SampleKind.Sample, rounded));
        Assert.Equal(value, rounding.Of(SampleKind.Exemplar, value));
    }

    [Fact]
    public void What_is_no_number_stays_bit_for_bit()
    {
        ValueRounding rounding = new(1, 0);
        foreach (double value in (double[])[StaleMarker.Value, double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            Assert.Equal(
                BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(rounding.Of(SampleKind.Sample, value)));
        }
    }

    [Fact]
    public void Any_value_is_within_half_of_its_last_figure()
    {
        Gen gen = Gen.Create(7);
        for (int round = 0; round < 5000; round++)
        {
            int figures = gen.Int(1, 17);
            double value = gen.AnyDouble();
            if (!double.IsNormal(value))
            {
                continue;
            }

            double rounded = new ValueRounding(figures, null).Of(SampleKind.Sample, value);
            double bound = Math.Abs(value) * Math.Pow(10, 1 - figures) * 0.5000001;
            Assert.True(Math.Abs(rounded - value) <= bound, $"{value:R} became {rounded:R} with {figures} figures, {gen}");
        }
    }

    [Fact]
    public async Task A_destination_gets_rounded_values_from_memory_and_from_the_disk()
    {
        await using QueueWorld world = new(QueueWorld.DefaultOptions with
        {
            Queue = QueueWorld.DefaultOptions.Queue with { SignificantFigures = 2 },
        });
        await world.StartAsync();
        world.Drive(() => world.Queue.IsLive, "live");
        world.Scrape(1234.5);
        world.DriveUntilAccepted(3);
        Assert.All(world.Receiver.Accepted, static sample => Assert.Equal(1200, sample.Value));

        world.Receiver.Unreachable = true;
        world.Scrape(98.76);
        await world.KillAsync();
        await world.StartAsync();
        world.DriveUntilAccepted(6);

        Assert.All(world.Receiver.Accepted, static sample => Assert.True(sample.Value is 1200 or 99, $"{sample}"));
    }
}
