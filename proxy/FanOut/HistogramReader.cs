using System.Collections.Immutable;
using System.Text.Json;
using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.FanOut;

/// <summary>
/// Makes native histograms of what the API shows of them: count, sum and the buckets with observations, each with its
/// bounds, from which schema and indexes follow.
/// </summary>
/// <remarks>
/// Bounds of custom buckets without observations are not shown, so they are not there; the zero threshold of a
/// histogram without observations in the zero bucket is taken for 0.
/// </remarks>
internal static class HistogramReader
{
    private const int FinestSchema = 8;
    private const int CoarsestSchema = -4;
    private const int MaxBuckets = 1 << 16;

    /// <summary>Reads <c>{"count":"…","sum":"…","buckets":[[rule,"lower","upper","count"],…]}</c>, which must come next.</summary>
    /// <exception cref="JsonException">It is something else, or no histogram has such buckets.</exception>
    public static FloatHistogram Read(ref AnswerReader reader)
    {
        double count = 0;
        double sum = 0;
        List<HistogramBucket> buckets = [];
        reader.Expect(JsonTokenType.StartObject, "a histogram");
        while (reader.NextName() is { } name)
        {
            switch (name)
            {
                case "count":
                    count = reader.Number();
                    break;
                case "sum":
                    sum = reader.Number();
                    break;
                case "buckets":
                    ReadBuckets(ref reader, buckets);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return Make(count, sum, buckets);
    }

    private static void ReadBuckets(ref AnswerReader reader, List<HistogramBucket> buckets)
    {
        reader.Expect(JsonTokenType.StartArray, "the buckets of a histogram");
        while (true)
        {
            reader.Next();
            if (reader.Token == JsonTokenType.EndArray)
            {
                return;
            }

            if (reader.Token != JsonTokenType.StartArray || buckets.Count == MaxBuckets)
            {
                throw new JsonException("a bucket is no list, or there are too many");
            }

            int rule = reader.Integer();
            double lower = reader.Number();
            double upper = reader.Number();
            double observations = reader.Number();
            reader.Expect(JsonTokenType.EndArray, "the end of a bucket");
            buckets.Add(new HistogramBucket(lower, upper, rule is 1 or 3, rule is 0 or 3, observations));
        }
    }

    private static FloatHistogram Make(double count, double sum, List<HistogramBucket> buckets)
    {
        HistogramBucket? zero = null;
        List<HistogramBucket> positive = [];
        List<HistogramBucket> negative = [];
        foreach (HistogramBucket bucket in buckets)
        {
            if (bucket is { LowerInclusive: true, UpperInclusive: true } && bucket.Lower == -bucket.Upper)
            {
                zero = bucket;
            }
            else if (bucket.UpperInclusive)
            {
                positive.Add(bucket);
            }
            else
            {
                negative.Add(new HistogramBucket(-bucket.Upper, -bucket.Lower, false, true, bucket.Count));
            }
        }

        // Those of the negative side are shown from the lowest on, which is the one farthest from zero.
        negative.Reverse();
        double threshold = zero?.Upper ?? 0;
        for (int schema = FinestSchema; schema >= CoarsestSchema; schema--)
        {
            if (TrySide(schema, threshold, positive, out int[] above) && TrySide(schema, threshold, negative, out int[] below))
            {
                return new FloatHistogram
                {
                    Schema = schema,
                    Count = count,
                    Sum = sum,
                    ZeroThreshold = threshold,
                    ZeroCount = zero?.Count ?? 0,
                    PositiveSpans = Spans(above),
                    PositiveBuckets = Counts(positive),
                    NegativeSpans = Spans(below),
                    NegativeBuckets = Counts(negative),
                };
            }
        }

        return zero is null && negative.Count == 0
            ? WithCustomBuckets(count, sum, positive)
            : throw new JsonException("the bounds of a histogram's buckets are those of no schema");
    }

    /// <summary>The indexes of buckets, ascending from zero, when their bounds are those of a schema.</summary>
    private static bool TrySide(int schema, double threshold, List<HistogramBucket> buckets, out int[] indexes)
    {
        indexes = new int[buckets.Count];
        for (int position = 0; position < indexes.Length; position++)
        {
            HistogramBucket bucket = buckets[position];
            int index = IndexOf(schema, bucket.Upper);
            double lower = HistogramBounds.Of(schema, index - 1, []);
            bool beginsThere = bucket.Lower == lower || (bucket.Lower == threshold && threshold > lower);
            bool ascends = position == 0 || index > indexes[position - 1];
            if (HistogramBounds.Of(schema, index, []) != bucket.Upper || !beginsThere || !ascends)
            {
                return false;
            }

            indexes[position] = index;
        }

        return true;
    }

    /// <summary>The index of the bucket that ends at a bound, if any of the schema does.</summary>
    private static int IndexOf(int schema, double upper) => upper switch
    {
        double.PositiveInfinity => IndexOf(schema, double.MaxValue) + 1,
        > 0 => (int)Math.Round(Math.ScaleB(Math.Log2(upper), schema)),
        _ => 0,
    };

    private static FloatHistogram WithCustomBuckets(double count, double sum, List<HistogramBucket> buckets)
    {
        SortedSet<double> bounds = [];
        foreach (HistogramBucket bucket in buckets)
        {
            foreach (double bound in (ReadOnlySpan<double>)[bucket.Lower, bucket.Upper])
            {
                if (double.IsFinite(bound))
                {
                    bounds.Add(bound);
                }
            }
        }

        ImmutableArray<double> custom = [.. bounds];
        int[] indexes = new int[buckets.Count];
        for (int position = 0; position < indexes.Length; position++)
        {
            HistogramBucket bucket = buckets[position];
            int index = double.IsPositiveInfinity(bucket.Upper) ? custom.Length : custom.BinarySearch(bucket.Upper);
            if (index < 0 || bucket.Lower != HistogramBounds.Of(FloatHistogram.CustomBucketsSchema, index - 1, custom.AsSpan())
                || (position > 0 && index <= indexes[position - 1]))
            {
                throw new JsonException("the buckets of a histogram overlap or do not ascend");
            }

            indexes[position] = index;
        }

        return new FloatHistogram
        {
            Schema = FloatHistogram.CustomBucketsSchema,
            Count = count,
            Sum = sum,
            PositiveSpans = Spans(indexes),
            PositiveBuckets = Counts(buckets),
            CustomValues = custom,
        };
    }

    private static ImmutableArray<HistogramSpan> Spans(int[] indexes)
    {
        List<HistogramSpan> spans = [];
        for (int position = 0; position < indexes.Length; position++)
        {
            int gap = position == 0 ? indexes[0] : indexes[position] - indexes[position - 1] - 1;
            if (position > 0 && gap == 0)
            {
                spans[^1] = spans[^1] with { Length = spans[^1].Length + 1 };
            }
            else
            {
                spans.Add(new HistogramSpan(gap, 1));
            }
        }

        return [.. spans];
    }

    private static ImmutableArray<double> Counts(List<HistogramBucket> buckets)
    {
        ImmutableArray<double>.Builder counts = ImmutableArray.CreateBuilder<double>(buckets.Count);
        foreach (HistogramBucket bucket in buckets)
        {
            counts.Add(bucket.Count);
        }

        return counts.MoveToImmutable();
    }
}
