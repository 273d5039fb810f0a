using AmpEdge.Prometheus;

namespace AmpEdge.QueryApi;

/// <summary>
/// Writes a native histogram at a time as Prometheus does: count, sum, and the buckets that have observations, each with
/// the rule of its ends (0 open left, 1 open right, 2 open, 3 closed).
/// </summary>
public static class HistogramWriter
{
    public static void Write(JsonBuffer json, long timestampMs, FloatHistogram histogram)
    {
        json.Raw((byte)'[');
        json.Number(timestampMs / 1000.0);
        json.Raw(",{\"count\":\""u8);
        json.Number(histogram.Count);
        json.Raw("\",\"sum\":\""u8);
        json.Number(histogram.Sum);
        json.Raw((byte)'"');
        bool first = true;
        foreach (HistogramBucket bucket in histogram.Buckets())
        {
            json.Raw(first ? ",\"buckets\":[["u8 : ",["u8);
            first = false;
            WriteBucket(json, in bucket);
        }

        json.Raw(first ? "}]"u8 : "]}]"u8);
    }

    private static void WriteBucket(JsonBuffer json, in HistogramBucket bucket)
    {
        int rule = bucket.LowerInclusive ? bucket.UpperInclusive ? 3 : 1 : bucket.UpperInclusive ? 0 : 2;
        json.Raw((byte)('0' + rule));
        json.Raw(",\""u8);
        json.Number(bucket.Lower);
        json.Raw("\",\""u8);
        json.Number(bucket.Upper);
        json.Raw("\",\""u8);
        json.Number(bucket.Count);
        json.Raw("\"]"u8);
    }
}
