using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Looks at series whose values are the numbers of the scrapes: a gap is a lost sample.</summary>
public static class ScrapeNumbers
{
    /// <summary>Whether a sample of this value or above it is there.</summary>
    public static bool HasValue(List<Sample> samples, double value)
    {
        foreach (Sample sample in samples)
        {
            if (sample.Value >= value)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Fails unless all values up to the end are there, in order, but for those that may miss.</summary>
    public static void AssertInOrderAndWhole(
        List<Sample> arrivals, int end, HashSet<double> mayMiss, int failedScrapes, Gen gen)
    {
        HashSet<double> seen = [];
        Dictionary<long, double> valueAt = [];
        double highest = 0;
        foreach (Sample sample in arrivals)
        {
            if (StaleMarker.IsStale(sample.Value))
            {
                continue;
            }

            // A batch that was under way at the kill comes twice: the same samples again, never others in between.
            bool isNew = seen.Add(sample.Value);
            Assert.True(!isNew || sample.Value > highest, $"{sample} came after {highest}, {gen}");
            Assert.True(valueAt.TryAdd(sample.TimestampMs, sample.Value) || valueAt[sample.TimestampMs] == sample.Value);
            highest = Math.Max(highest, sample.Value);
        }

        List<int> missing = [];
        for (int value = 1; value <= end; value++)
        {
            if (!seen.Contains(value) && !mayMiss.Contains(value))
            {
                missing.Add(value);
            }
        }

        Assert.True(
            missing.Count <= failedScrapes,
            $"{failedScrapes} scrapes failed; missing: {string.Join(' ', missing)}; killed at {string.Join(' ', mayMiss)}; {arrivals.Count} arrived; {gen}");
    }
}
