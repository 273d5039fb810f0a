using AmpEdge.Agent.Cost;
using AmpEdge.Hosting;
using Xunit;

namespace AmpEdge.Agent.Tests.Cost;

public sealed class CostConfigReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-cost-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_a_file_there_are_the_list_prices()
    {
        ConfigResult<CostConfig> result = CostConfigReader.Read("");

        Assert.True(result.IsValid);
        Assert.Equal(new CostConfig(), result.Config);
    }

    [Fact]
    public void Every_key_is_read()
    {
        ConfigResult<CostConfig> result = Read(
            """
            prices:
              currency: EUR
              ingestion_tiers:
              - {up_to_samples: 1e9, price_per_million: 0.1}
              - price_per_million: 0.05
              storage_price_per_gb_month: 0.04
              bytes_per_sample: 1.5
              retention_days: 30
              other_samples_per_month: 7e9
            quotas:
              active_series: 1000000
              samples_per_second: 33333
              warn_ratio: 0.5
            """);

        Assert.Equal("", string.Join('\n', result.Problems));
        PriceTable prices = result.Config!.Prices;
        Assert.Equal([new PriceTier(1e9, 0.1), new PriceTier(double.PositiveInfinity, 0.05)], prices.IngestionTiers);
        Assert.Equal(
            ("EUR", 0.04, 1.5, 30.0, 7e9),
            (prices.Currency, prices.StoragePricePerGbMonth, prices.BytesPerSample, prices.RetentionDays, prices.OtherSamplesPerMonth));
        Assert.Equal(
            new QuotaTable { ActiveSeries = 1e6, SamplesPerSecond = 33_333, WarnRatio = 0.5 }, result.Config.Quotas);
    }

    [Fact]
    public void Every_problem_is_reported_at_once_with_its_place()
    {
        ConfigResult<CostConfig> result = Read(
            """
            prices:
              ingestion_tiers:
              - {up_to_samples: 5, price_per_million: 1}
              - {up_to_samples: 3, price_per_million: -1}
              bytes_per_sample: x
            quotas: {active_series: 0, foo: 1}
            """);

        Assert.Equal(
            """
            cost.yml:4:21 prices.ingestion_tiers[1].up_to_samples: steps must rise, and only the last has no end (got '3', allowed: more than the step before)
            cost.yml:4:43 prices.ingestion_tiers[1].price_per_million: is no price, size or volume (got '-1', allowed: a number that is not negative)
            cost.yml:5:21 prices.bytes_per_sample: is not a number (got 'x', allowed: a number such as 0.5)
            cost.yml:6:25 quotas.active_series: is no quota (got '0', allowed: a number above 0)
            cost.yml:6:28 quotas.foo: field foo not found in type cost.quotas (allowed: active_series, samples_per_second, warn_ratio)
            """.ReplaceLineEndings("\n"),
            string.Join('\n', result.Problems).Replace(_folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("prices: {ingestion_tiers: [{up_to_samples: 5, price_per_million: 1}]}", "the last step must have no end")]
    [InlineData("prices: {ingestion_tiers: [{price_per_million: 1}, {price_per_million: 1}]}", "only the last has no end")]
    [InlineData("prices: {bytes_per_sample: .inf}", "is no price, size or volume")]
    [InlineData("quotas: {warn_ratio: -0.1}", "is no quota")]
    [InlineData("price: {}", "field price not found in type cost.plain")]
    public void A_table_that_cannot_be_meant_is_refused(string yaml, string problem) =>
        Assert.Contains(problem, string.Join('\n', Read(yaml).Problems));

    private ConfigResult<CostConfig> Read(string yaml)
    {
        string file = Path.Combine(_folder, "cost.yml");
        File.WriteAllText(file, yaml);
        return CostConfigReader.Read(file);
    }
}
