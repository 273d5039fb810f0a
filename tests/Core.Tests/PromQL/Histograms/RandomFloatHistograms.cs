using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;

namespace AmpEdge.Core.Tests.PromQL;

/// <summary>Random native histograms whose counts agree, with gaps between buckets and a zero bucket that cuts none of them.</summary>
internal static class RandomFloatHistograms
{
    public static FloatHistogram Exponential(Gen gen)
    {
        int schema = gen.Int(-2, 5);
        (HistogramSpan[] positiveSpans, double[] positive) = Side(gen, schema);
        (HistogramSpan[] negativeSpans, double[] negative) = Side(gen, schema);
        double zeroCount = gen.OneIn(2) ? gen.Int(10) : 0;
        double count = zeroCount;
        foreach (double bucket in (double[])[.. positive, .. negative])
        {
            count += bucket;
        }

        return new FloatHistogram
        {
            Schema = schema,
            ZeroThreshold = zeroCount > 0 ? 1e-9 : 0,
            ZeroCount = zeroCount,
            Count = count,
            Sum = gen.Int(1000) - 300,
            PositiveSpans = [.. positiveSpans],
            PositiveBuckets = [.. positive],
            NegativeSpans = [.. negativeSpans],
            NegativeBuckets = [.. negative],
        };
    }

    private static (HistogramSpan[] Spans, double[] Buckets) Side(Gen gen, int schema)
    {
        List<HistogramSpan> spans = [];
        List<double> buckets = [];
        int first = -(3 << Math.Max(schema, 0));
        for (int count = gen.Int(4); count > 0; count--)
        {
            int length = 1 + gen.Int(4);
            spans.Add(new HistogramSpan(spans.Count == 0 ? first + gen.Int(6) : gen.Int(5), (uint)length));
            for (int bucket = 0; bucket < length; bucket++)
            {
                buckets.Add(gen.OneIn(4) ? 0 : gen.Int(20));
            }
        }

        return ([.. spans], [.. buckets]);
    }
}
