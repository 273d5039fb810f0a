using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Tools;

/// <summary>
/// A native histogram in one line, as Prometheus prints it: <c>{count:3, sum:4.5, [-0.001,0.001]:1, (0.5,1]:2}</c>.
/// </summary>
internal static class HistogramLine
{
    public static void Append(StringBuilder text, FloatHistogram histogram)
    {
        text.Append("{count:");
        GoText.AppendNumber(text, histogram.Count);
        text.Append(", sum:");
        GoText.AppendNumber(text, histogram.Sum);
        foreach (HistogramBucket bucket in histogram.Buckets())
        {
            text.Append(", ").Append(bucket.LowerInclusive ? '[' : '(');
            GoText.AppendNumber(text, bucket.Lower);
            text.Append(',');
            GoText.AppendNumber(text, bucket.Upper);
            text.Append(bucket.UpperInclusive ? ']' : ')').Append(':');
            GoText.AppendNumber(text, bucket.Count);
        }

        text.Append('}');
    }
}
