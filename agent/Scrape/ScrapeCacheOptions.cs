using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>How a target's samples are taken.</summary>
internal sealed record ScrapeCacheOptions
{
    /// <summary>Whether a time on the page is the sample's time.</summary>
    public bool HonorTimestamps { get; init; } = true;

    /// <summary>Whether series with times of their own get staleness markers too.</summary>
    public bool TrackTimestampsStaleness { get; init; }

    /// <summary>Samples after relabelling; zero is no limit.</summary>
    public long SampleLimit { get; init; }

    /// <summary>Series of a target; those above it are left out, the others stay. Zero is no limit.</summary>
    public long SeriesLimit { get; init; }

    /// <summary>Which forms of a histogram are taken from a page that has both.</summary>
    public HistogramForms Histograms { get; init; }

    /// <summary>Whether classic histograms become native ones with custom buckets.</summary>
    public bool ConvertClassicHistograms { get; init; }

    /// <summary>Buckets of a native histogram, which loses resolution to keep it; zero is no limit.</summary>
    public long BucketLimit { get; init; }

    /// <summary>The finest resolution that native histograms keep.</summary>
    public int MaxSchema { get; init; } = Histogram.MaxSchema;

    /// <summary>
    /// Whether series begin with a zero at the time at which the page says that they were created: null for no, else the time up to which
    /// series that are not known may have samples from before, in milliseconds since 1970.
    /// </summary>
    public long? CreatedAfterMs { get; init; }

    /// <summary>How far ahead of the scrape a sample's own time may lie, in milliseconds. Prometheus takes ten minutes.</summary>
    public long MaxFutureMs { get; init; } = 600_000;

    /// <summary>The schema whose buckets grow at least by a factor, which is <c>native_histogram_min_bucket_factor</c>.</summary>
    public static int SchemaFor(double minBucketFactor)
    {
        if (!(minBucketFactor > 1))
        {
            return Histogram.MaxSchema;
        }

        double schema = Math.Floor(-Math.Log2(Math.Log2(minBucketFactor)));
        return (int)Math.Clamp(schema, Histogram.MinSchema, Histogram.MaxSchema);
    }
}
