using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

/// <summary>Looks at what a receiver took.</summary>
internal static class Delivered
{
    /// <summary>Samples that were taken, repeats left out.</summary>
    public static int DistinctCount(QueueWorld world) => new HashSet<ReceivedSample>(world.Receiver.Accepted).Count;

    /// <summary>Every series has every scrape's value, first seen in order, with few repeats.</summary>
    public static void AssertComplete(QueueWorld world, int scrapes, int maxRepeats)
    {
        IReadOnlyList<ReceivedSample> accepted = world.Receiver.Accepted;
        AssertInOrder(accepted);
        Assert.Equal(scrapes * world.SeriesCount, DistinctCount(world));
        Assert.InRange(accepted.Count - scrapes * world.SeriesCount, 0, maxRepeats);
    }

    /// <summary>Within a series a sample comes after those before it; a batch that is repeated begins again in order.</summary>
    public static void AssertInOrder(IReadOnlyList<ReceivedSample> samples)
    {
        Dictionary<string, double> highest = [];
        HashSet<ReceivedSample> seen = [];
        foreach (ReceivedSample sample in samples)
        {
            if (seen.Add(sample))
            {
                double before = highest.GetValueOrDefault(sample.Series, double.NegativeInfinity);
                Assert.True(sample.Value > before, $"{sample.Series}: {sample.Value} came after {before}");
                highest[sample.Series] = sample.Value;
            }
        }
    }
}
