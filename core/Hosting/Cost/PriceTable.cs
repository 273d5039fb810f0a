namespace AmpEdge.Hosting;

/// <summary>
/// What samples cost a month. The defaults are AMP's list prices in most regions: ingestion in three steps, storage by
/// the GB of 2^30 bytes.
/// </summary>
public sealed record PriceTable
{
    /// <summary>A twelfth of a year of 365.25 days.</summary>
    public const double SecondsPerMonth = 365.25 / 12 * SecondsPerDay;

    private const double SecondsPerDay = 86_400;
    private const double BytesPerGb = 1 << 30;
    private const double Million = 1e6;

    public static IReadOnlyList<PriceTier> DefaultTiers { get; } =
    [
        new(2e9, 0.090), new(252e9, 0.035), new(double.PositiveInfinity, 0.016),
    ];

    public string Currency { get; init; } = "USD";

    /// <summary>By rising volume; the last has no end.</summary>
    public IReadOnlyList<PriceTier> IngestionTiers { get; init; } = DefaultTiers;

    public double StoragePricePerGbMonth { get; init; } = 0.03;

    /// <summary>What AMP counts for a stored sample; its price page says one or two bytes.</summary>
    public double BytesPerSample { get; init; } = 2;

    public double RetentionDays { get; init; } = 150;

    /// <summary>
    /// What the rest of the account sends in a month. Steps are counted over the whole account, so what passes here
    /// is priced on top of it.
    /// </summary>
    public double OtherSamplesPerMonth { get; init; }

    /// <summary>The monthly price of taking this many samples a second in.</summary>
    public double Ingestion(double samplesPerSecond) =>
        IngestionOf(OtherSamplesPerMonth + (samplesPerSecond * SecondsPerMonth)) - IngestionOf(OtherSamplesPerMonth);

    /// <summary>The monthly price of keeping them, once the oldest of them reach the end of the retention.</summary>
    public double Storage(double samplesPerSecond) =>
        samplesPerSecond * SecondsPerDay * RetentionDays * BytesPerSample / BytesPerGb * StoragePricePerGbMonth;

    public double Total(double samplesPerSecond) => Ingestion(samplesPerSecond) + Storage(samplesPerSecond);

    private double IngestionOf(double samples)
    {
        double price = 0;
        double from = 0;
        foreach (PriceTier tier in IngestionTiers)
        {
            if (samples <= from)
            {
                break;
            }

            price += (Math.Min(samples, tier.UpToSamples) - from) / Million * tier.PricePerMillion;
            from = tier.UpToSamples;
        }

        return price;
    }
}
