namespace AmpEdge.Hosting;

/// <summary>Reads a section <c>prices</c>: the keys of <see cref="PriceTable"/>, each with a default.</summary>
public static class PriceTableReader
{
    /// <summary>
    /// Reads the section <c>prices</c> of a file, such as the agent's <c>--cost.config-file</c>, whose other sections are left alone;
    /// null when something is wrong, which <paramref name="errors"/> then hold.
    /// </summary>
    /// <param name="file">The file; empty for the defaults.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static PriceTable? ReadFile(string file, ConfigErrors errors)
    {
        if (file.Length == 0)
        {
            return new PriceTable();
        }

        if (YamlReader.ReadFile(file, errors) is not { } document
            || ConfigSection.OpenRoot(file, document, "cost.plain", errors) is not { } root)
        {
            return null;
        }

        PriceTable prices = root.Section("prices", "cost.prices") is { } section ? Read(section) : new PriceTable();
        root.Skip("quotas");
        root.End();
        return errors.Count == 0 ? prices : null;
    }

    /// <summary>Reads the section; what is wrong goes to its errors.</summary>
    public static PriceTable Read(ConfigSection section)
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
}
