using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Model;

public sealed class HistogramTests
{
    [Fact]
    public void What_is_written_for_remote_write_is_read_again()
    {
        Gen gen = Gen.Create(91);
        Histogram histogram = new();
        ByteBuffer message = new();
        for (int round = 0; round < 2_000; round++)
        {
            Fill(histogram, gen);
            message.Clear();
            HistogramMessageWriter.Write(message, histogram, 1234 + round);

            Assert.True(HistogramMessage.TryParse(message.Written, out HistogramMessage read), gen.ToString());
            Assert.Equal(histogram.IsFloat, read.IsFloat);
            Assert.Equal(1234 + round, read.TimestampMs);
            Assert.Equal(histogram.Schema, read.Schema);
            Assert.Equal(histogram.Sum, read.Sum);
            Assert.Equal(histogram.ZeroThreshold, read.ZeroThreshold);
            Assert.Equal(histogram.CounterResetHint, read.ResetHint);
            Assert.Equal(
                histogram.IsFloat ? BitConverter.DoubleToUInt64Bits(histogram.FloatCount) : histogram.Count, read.Count);
            Assert.Equal(
                histogram.IsFloat ? BitConverter.DoubleToUInt64Bits(histogram.FloatZeroCount) : histogram.ZeroCount,
                read.ZeroCount);
            AssertSide(histogram.Positive, read.PositiveSpans, read.PositiveDeltas, read.PositiveCounts);
            AssertSide(histogram.Negative, read.NegativeSpans, read.NegativeDeltas, read.NegativeCounts);
            Assert.Equal(histogram.CustomValues.ToArray(), Doubles(read.CustomValues));
        }
    }

    [Fact]
    public void A_lower_resolution_has_each_observation_in_the_bucket_that_covers_it()
    {
        Gen gen = Gen.Create(92);
        Histogram histogram = new();
        for (int round = 0; round < 2_000; round++)
        {
            Fill(histogram, gen);
            histogram.Schema = gen.Int(-3, 9);
            int lower = gen.Int(-4, histogram.Schema);
            SortedDictionary<int, double> expected = [];
            foreach ((int index, double count) in BucketsOf(histogram))
            {
                // The bound 2^(i*2^-s) lies in the wider bucket whose own bound is the next at or above it.
                int wider = (int)Math.Ceiling(Math.ScaleB(index, lower - histogram.Schema));
                expected[wider] = expected.GetValueOrDefault(wider) + count;
            }

            histogram.ReduceResolution(lower);

            Assert.Equal(lower, histogram.Schema);
            Assert.Equal(expected, new SortedDictionary<int, double>(BucketsOf(histogram)));
            Assert.Equal(SpanLength(histogram.Positive), histogram.Positive.BucketCount);
        }
    }

    [Fact]
    public void Spans_without_buckets_give_their_gap_to_the_next()
    {
        HistogramSide side = new();
        side.AddSpan(new HistogramSpan(0, 0));
        side.AddSpan(new HistogramSpan(2, 1));
        side.AddSpan(new HistogramSpan(3, 0));
        side.AddSpan(new HistogramSpan(1, 2));
        side.AddSpan(new HistogramSpan(7, 0));

        side.RemoveEmptySpans();

        Assert.Equal([new HistogramSpan(2, 1), new HistogramSpan(4, 2)], side.Spans.ToArray());
    }

    private static void Fill(Histogram histogram, Gen gen)
    {
        histogram.Clear();
        histogram.IsFloat = gen.Bool();
        histogram.Schema = gen.Int(-4, 9);
        histogram.Sum = gen.OneIn(4) ? 0 : gen.Double() * 1000;
        histogram.ZeroThreshold = gen.OneIn(3) ? 0 : 1e-128;
        histogram.CounterResetHint = (CounterResetHint)gen.Int(4);
        if (histogram.IsFloat)
        {
            histogram.FloatCount = gen.Double() * 1e6;
            histogram.FloatZeroCount = gen.OneIn(3) ? 0 : gen.Double();
        }
        else
        {
            histogram.Count = (ulong)gen.Int(int.MaxValue);
            histogram.ZeroCount = (ulong)gen.Int(3);
        }

        FillSide(histogram.Positive, histogram.IsFloat, gen);
        FillSide(histogram.Negative, histogram.IsFloat, gen);
        for (int value = gen.Int(5); value > 0; value--)
        {
            histogram.AddCustomValue(gen.Double());
        }
    }

    private static void FillSide(HistogramSide side, bool isFloat, Gen gen)
    {
        for (int span = gen.Int(5); span > 0; span--)
        {
            uint length = (uint)gen.Int(4);
            side.AddSpan(new HistogramSpan(side.Spans.IsEmpty ? gen.Int(-200, 200) : gen.Int(1, 9), length));
            for (uint bucket = 0; bucket < length; bucket++)
            {
                if (isFloat)
                {
                    side.AddFloatCount(gen.Int(100));
                }
                else
                {
                    side.AddCount(gen.Int(1_000_000));
                }
            }
        }
    }

    private static Dictionary<int, double> BucketsOf(Histogram histogram)
    {
        Dictionary<int, double> buckets = [];
        int index = 0;
        int bucket = 0;
        foreach (HistogramSpan span in histogram.Positive.Spans)
        {
            index += span.Offset;
            for (uint inSpan = 0; inSpan < span.Length; inSpan++, index++, bucket++)
            {
                buckets[index] = histogram.IsFloat ? histogram.Positive.FloatCounts[bucket] : histogram.Positive.Counts[bucket];
            }
        }

        return buckets;
    }

    private static int SpanLength(HistogramSide side)
    {
        int length = 0;
        foreach (HistogramSpan span in side.Spans)
        {
            length += (int)span.Length;
        }

        return length;
    }

    private static void AssertSide(HistogramSide side, HistogramSpansOf spans, ScalarsOf deltas, ScalarsOf counts)
    {
        List<HistogramSpan> readSpans = [];
        foreach (HistogramSpan span in spans)
        {
            readSpans.Add(span);
        }

        List<long> readCounts = [];
        long count = 0;
        foreach (ulong delta in deltas)
        {
            count += Uvarint.UnZigZag(delta);
            readCounts.Add(count);
        }

        Assert.Equal(side.Spans.ToArray(), readSpans);
        Assert.Equal(side.Counts.ToArray(), readCounts);
        Assert.Equal(side.FloatCounts.ToArray(), Doubles(counts));
    }

    private static List<double> Doubles(ScalarsOf values)
    {
        List<double> read = [];
        foreach (ulong bits in values)
        {
            read.Add(BitConverter.UInt64BitsToDouble(bits));
        }

        return read;
    }
}
