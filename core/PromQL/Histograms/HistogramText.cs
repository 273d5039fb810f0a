using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// A native histogram in one line, as Prometheus prints it: <c>{count:3, sum:4.5, [-0.001,0.001]:1, (0.5,1]:2}</c>.
/// </summary>
internal static class HistogramText
{
    public static string Of(FloatHistogram histogram)
    {
        StringBuilder text = new();
        text.Append("{count:").Append(GoNumber.General(histogram.Count));
        text.Append(", sum:").Append(GoNumber.General(histogram.Sum));
        foreach (HistogramBucket bucket in histogram.Buckets())
        {
            text.Append(", ").Append(bucket.LowerInclusive ? '[' : '(');
            text.Append(GoNumber.General(bucket.Lower)).Append(',').Append(GoNumber.General(bucket.Upper));
            text.Append(bucket.UpperInclusive ? ']' : ')').Append(':').Append(GoNumber.General(bucket.Count));
        }

        return text.Append('}').ToString();
    }
}
