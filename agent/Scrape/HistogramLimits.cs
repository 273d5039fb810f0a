using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>Lowers the resolution of native histograms to what the configuration allows.</summary>
internal static class HistogramLimits
{
    /// <summary>False when there are too many buckets even so; custom buckets have no resolution to lower.</summary>
    public static bool TryApply(Histogram histogram, ScrapeCacheOptions options)
    {
        if (!histogram.HasCustomBuckets && histogram.Schema > options.MaxSchema)
        {
            histogram.ReduceResolution(options.MaxSchema);
        }

        while (options.BucketLimit > 0 && histogram.BucketCount > options.BucketLimit)
        {
            if (histogram.HasCustomBuckets || histogram.Schema <= Histogram.MinSchema)
            {
                return false;
            }

            histogram.ReduceResolution(histogram.Schema - 1);
        }

        return true;
    }
}
