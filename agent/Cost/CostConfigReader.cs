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
            Prices = root.Section("prices", "cost.prices") is { } prices ? PriceTableReader.Read(prices) : new PriceTable(),
            Quotas = root.Section("quotas", "cost.quotas") is { } quotas ? ReadQuotas(quotas) : new QuotaTable(),
        };
        root.End();
        return config;
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
