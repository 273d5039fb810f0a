using AmpEdge.Hosting;

namespace AmpEdge.Agent.Cost;

/// <summary>Reads the file of <c>--cost.config-file</c>: prices and quotas, each with a default.</summary>
internal sealed class CostConfigReader
{
    private const string PositiveNumber = "a number above 0";

    private readonly ConfigErrors _errors = new();

    private CostConfigReader()
    {
    }

    /// <param name="file">The file; empty for the defaults.</param>
    public static ConfigResult<CostConfig> Read(string file)
    {
        if (file.Length == 0)
        {
            return new ConfigResult<CostConfig>(new CostConfig(), []);
        }

        CostConfigReader reader = new();
        CostConfig? config = reader.ReadRoot(file);
        return new ConfigResult<CostConfig>(reader._errors.Count == 0 ? config : null, reader._errors.Problems);
    }

    private CostConfig? ReadRoot(string file)
    {
        if (YamlReader.ReadFile(file, _errors) is not { } document
            || ConfigSection.OpenRoot(file, document, "cost.plain", _errors) is not { } root)
        {
            return null;
        }

        CostConfig config = new()
        {
            Prices = root.Section("prices", "cost.prices") is { } prices ? ReadPrices(prices) : new PriceTable(),
            Quotas = root.Section("quotas", "cost.quotas") is { } quotas ? ReadQuotas(quotas) : new QuotaTable(),
        };
        root.End();
        return config;
    }

    private static PriceTable ReadPrices(ConfigSection section)
    {
        PriceTable defaults = new();
        PriceTable prices = new()
        {
            Currency = section.Text("currency", defaults.Currency),
            IngestionTiers = ReadTiers(section),
            StoragePricePerGbMonth = NotNegative(section, "storage_price_per_gb_month", defaults.StoragePricePerGbMonth),
            BytesPerSample = NotNegative(section, "bytes_per_sample", defaults.BytesPerSample),
            RetentionDays = NotNegative(section, "retention_days", defaults.RetentionDays),
            OtherSamplesPerMonth = NotNegative(section, "other_samples_per_month", defaults.OtherSamplesPerMonth),
        };
        section.End();
        return prices;
    }

    private static List<PriceTier> ReadTiers(ConfigSection prices)
    {
        IReadOnlyList<ConfigSection> sections = prices.Sections("ingestion_tiers", "cost.tier", "an ingestion tier is empty");
        if (sections.Count == 0)
        {
            return [.. PriceTable.DefaultTiers];
        }

        List<PriceTier> tiers = [];
        double from = 0;
        for (int index = 0; index < sections.Count; index++)
        {
            ConfigSection section = sections[index];
            bool isLast = index == sections.Count - 1;
            double upTo = section.Float("up_to_samples", double.PositiveInfinity);
            if (!(upTo > from) || (double.IsPositiveInfinity(upTo) && !isLast))
            {
                section.Fail(
                    "up_to_samples", "steps must rise, and only the last has no end", section.OptionalText("up_to_samples"),
                    "more than the step before");
            }
            else if (isLast && !double.IsPositiveInfinity(upTo))
            {
                section.Fail("up_to_samples", "the last step must have no end", section.OptionalText("up_to_samples"), "no such key");
            }

            tiers.Add(new PriceTier(upTo, NotNegative(section, "price_per_million", 0)));
            from = upTo;
            section.End();
        }

        return tiers;
    }

    private static QuotaTable ReadQuotas(ConfigSection section)
    {
        QuotaTable defaults = new();
        QuotaTable quotas = new()
        {
            ActiveSeries = Positive(section, "active_series", defaults.ActiveSeries),
            SamplesPerSecond = Positive(section, "samples_per_second", defaults.SamplesPerSecond),
            WarnRatio = Positive(section, "warn_ratio", defaults.WarnRatio),
        };
        section.End();
        return quotas;
    }

    private static double NotNegative(ConfigSection section, string key, double defaultValue)
    {
        double value = section.Float(key, defaultValue);
        if (value >= 0 && double.IsFinite(value))
        {
            return value;
        }

        section.Fail(key, "is no price, size or volume", section.OptionalText(key), "a number that is not negative");
        return defaultValue;
    }

    private static double Positive(ConfigSection section, string key, double defaultValue)
    {
        double value = section.Float(key, defaultValue);
        if (value > 0 && double.IsFinite(value))
        {
            return value;
        }

        section.Fail(key, "is no quota", section.OptionalText(key), PositiveNumber);
        return defaultValue;
    }
}
