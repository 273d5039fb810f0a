using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>Counts what the index holds. Walks every label value, so it is for people, not for each request.</summary>
internal static class IndexCensus
{
    /// <summary>The largest <paramref name="limit"/> of each kind.</summary>
    public static IndexStatistics Take(HeadIndex index, long series, int limit)
    {
        PriorityQueue<string, long> metrics = new();
        PriorityQueue<string, long> pairs = new();
        PriorityQueue<string, long> valueCounts = new();
        PriorityQueue<string, long> valueBytes = new();
        long labelPairs = 0;
        foreach (LabelValues values in index.Names)
        {
            string name = Encoding.UTF8.GetString(values.Name);
            bool isMetricName = values.Name.AsSpan().SequenceEqual(LabelNames.MetricNameUtf8);
            long count = 0;
            long bytes = 0;
            ValueTable table = values.Read();
            int end = table.Count;
            for (int at = 0; at < end; at++)
            {
                ref ValueEntry entry = ref table.Entries[at];
                int seriesOfValue = PostingLists.Count(Volatile.Read(ref entry.Postings));
                if (seriesOfValue == 0)
                {
                    continue;
                }

                count++;
                bytes += entry.Length;
                if (Enters(pairs, seriesOfValue, limit))
                {
                    string value = Encoding.UTF8.GetString(values.BytesOf(in entry));
                    Add(pairs, $"{name}={value}", seriesOfValue, limit);
                }

                if (isMetricName && Enters(metrics, seriesOfValue, limit))
                {
                    Add(metrics, Encoding.UTF8.GetString(values.BytesOf(in entry)), seriesOfValue, limit);
                }
            }

            labelPairs += count;
            Add(valueCounts, name, count, limit);
            Add(valueBytes, name, bytes, limit);
        }

        return new IndexStatistics(
            series, labelPairs, Sorted(metrics), Sorted(valueCounts), Sorted(valueBytes), Sorted(pairs));
    }

    private static bool Enters(PriorityQueue<string, long> smallestFirst, long count, int limit) =>
        smallestFirst.Count < limit || (smallestFirst.TryPeek(out _, out long smallest) && count > smallest);

    private static void Add(PriorityQueue<string, long> smallestFirst, string name, long count, int limit)
    {
        smallestFirst.Enqueue(name, count);
        if (smallestFirst.Count > limit)
        {
            smallestFirst.Dequeue();
        }
    }

    /// <summary>Largest first, by name where counts are equal.</summary>
    private static List<NamedCount> Sorted(PriorityQueue<string, long> counted)
    {
        List<NamedCount> rows = [];
        foreach ((string name, long count) in counted.UnorderedItems)
        {
            rows.Add(new NamedCount(name, count));
        }

        rows.Sort(static (left, right) => left.Count != right.Count
            ? right.Count.CompareTo(left.Count)
            : string.CompareOrdinal(left.Name, right.Name));
        return rows;
    }
}
