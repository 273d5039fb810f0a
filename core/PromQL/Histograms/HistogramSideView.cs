using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>The buckets of one side of a native histogram.</summary>
internal readonly ref struct HistogramSideView(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts)
{
    public ReadOnlySpan<HistogramSpan> Spans { get; } = spans;

    public ReadOnlySpan<double> Counts { get; } = counts;

    /// <summary>The buckets by ascending index, which is away from zero.</summary>
    public BucketCursor Walk(BucketMap map) => new(Spans, Counts, map);

    /// <summary>The index of a bucket by its place among those that are written.</summary>
    public int IndexOf(int position)
    {
        int index = 0;
        foreach (HistogramSpan span in Spans)
        {
            index += span.Offset;
            if (position < span.Length)
            {
                return index + position;
            }

            index += (int)span.Length;
            position -= (int)span.Length;
        }

        return index;
    }
}
