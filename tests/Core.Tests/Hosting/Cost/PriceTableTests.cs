using AmpEdge.Hosting;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Cost;

public sealed class PriceTableTests
{
    private const double Month = PriceTable.SecondsPerMonth;

    [Theory]
    [InlineData(1e9, 90)]
    [InlineData(2e9, 180)]
    [InlineData(15.6e9, 180 + (13.6e3 * 0.035))]
    [InlineData(252e9, 180 + (250e3 * 0.035))]
    [InlineData(300e9, 180 + (250e3 * 0.035) + (48e3 * 0.016))]
    public void Ingestion_is_priced_step_by_step(double samplesPerMonth, double price) =>
        Assert.Equal(price, new PriceTable().Ingestion(samplesPerMonth / Month), 6);

    [Fact]
    public void What_the_account_sends_already_fills_the_dear_steps_first()
    {
        PriceTable prices = new() { OtherSamplesPerMonth = 1.5e9 };

        Assert.Equal((500 * 0.09) + (500 * 0.035), prices.Ingestion(1e9 / Month), 6);
    }

    [Fact]
    public void Storage_is_what_it_comes_to_once_the_retention_is_full()
    {
        PriceTable prices = new() { RetentionDays = 100, BytesPerSample = 2, StoragePricePerGbMonth = 0.03 };
        double samplesPerSecond = (1 << 30) / (100.0 * 86_400 * 2);

        Assert.Equal(0.03, prices.Storage(samplesPerSecond), 9);
        Assert.Equal(prices.Ingestion(samplesPerSecond) + 0.03, prices.Total(samplesPerSecond), 9);
    }

    [Fact]
    public void Nothing_costs_nothing() => Assert.Equal(0, new PriceTable { OtherSamplesPerMonth = 3e9 }.Total(0));
}
