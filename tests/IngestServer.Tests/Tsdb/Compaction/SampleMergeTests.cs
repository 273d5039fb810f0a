using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

public sealed class SampleMergeTests
{
    [Fact]
    public void Lists_that_overlap_come_out_as_if_put_into_one_table()
    {
        Gen gen = Gen.Create(9_301);
        SampleMerge merge = new();
        for (int round = 0; round < 3_000; round++)
        {
            merge.Clear();
            SortedDictionary<long, string> expected = [];
            int lists = gen.Int(1, 5);
            for (int list = 0; list < lists; list++)
            {
                AddList(gen, merge, expected);
            }

            SampleColumns got = new();
            merge.WriteTo(ref got);
            List<string> samples = [];
            for (int place = 0; place < got.Count; place++)
            {
                samples.Add(Describe(got, place));
            }

            Assert.True(string.Join(' ', expected.Values) == string.Join(' ', samples), gen.ToString());
        }
    }

    [Fact]
    public void What_two_lists_have_in_common_is_copied_by_runs()
    {
        // A block, and the head with the block's last chunk still in it.
        SampleMerge merge = new();
        foreach ((int first, int end, double value) in ((int, int, double)[])[(0, 1_000, 1), (900, 1_500, 2)])
        {
            SampleColumns list = merge.Rent();
            for (int step = first; step < end; step++)
            {
                list.Add(step * 15_000L, value);
            }

            merge.Add(in list);
        }

        CountingSink sink = new();
        merge.WriteTo(ref sink);
        Assert.Equal((1_500, 1_000 + (2 * 500), 3), (sink.Samples, sink.Sum, sink.Runs));
    }

    private static void AddList(Gen gen, SampleMerge merge, SortedDictionary<long, string> expected)
    {
        SampleColumns list = merge.Rent();
        long timeMs = gen.Int(100);
        int samples = gen.Int(40);
        int widest = gen.Bool() ? 2 : 10;
        bool hasHistograms = gen.Int(4) == 0;
        for (int index = 0; index < samples; index++)
        {
            timeMs += gen.Int(1, widest);
            if (hasHistograms && gen.Bool())
            {
                list.Add(timeMs, new Histogram { Count = (ulong)gen.Int(1_000) });
            }
            else
            {
                list.Add(timeMs, gen.Int(1_000));
            }

            expected.TryAdd(timeMs, Describe(list, index));
        }

        merge.Add(in list);
    }

    private static string Describe(SampleColumns samples, int place) => samples.HistogramAt(place) is { } histogram
        ? TestSample.Describe(samples.Timestamps[place], histogram)
        : TestSample.Describe(samples.Timestamps[place], samples.Values[place]);

    private struct CountingSink : ISampleSink
    {
        private double[] _values;

        public static bool TakesColumns => true;

        public int Samples { get; private set; }

        public double Sum { get; private set; }

        public int Runs { get; private set; }

        public void Add(long timestampMs, double value) => throw new InvalidOperationException("a sample by itself");

        public void Add(long timestampMs, Histogram histogram) => throw new InvalidOperationException("a histogram");

        public void Reserve(int samples, out Span<long> timestamps, out Span<double> values)
        {
            timestamps = new long[samples];
            values = _values = new double[samples];
        }

        public void Keep(int first, int count)
        {
            Runs++;
            Samples += count;
            for (int index = first; index < first + count; index++)
            {
                Sum += _values[index];
            }
        }
    }
}
