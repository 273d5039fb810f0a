using AmpEdge.IngestServer.Tests.Tsdb.Chunks;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>Native histograms through appender, log, head and query.</summary>
public sealed class HistogramSamplesTests
{
    private static readonly Labels s_latency = Labels.FromStrings("__name__", "latency");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Histograms_and_floats_of_one_series_come_back_as_they_came_also_after_a_crash(int seed)
    {
        Gen gen = Gen.Create(seed);
        DatabaseOptions options = TestDatabase.Options with { SegmentBytes = 8192, OutOfOrderWindow = TimeSpan.FromMinutes(30) };
        FaultyFileSystem files = new();
        TestDatabase test = new(files, options);
        RandomHistograms[] histories = [new(gen, isFloat: false), new(gen, isFloat: true)];
        SortedDictionary<long, string> model = [];
        for (int step = 0; step < 400; step++)
        {
            long timeMs = TestDatabase.StartMs + (step * 15_000L) - (gen.OneIn(5) ? gen.Int(600) * 1000L : 0) + gen.Int(1000);
            string line;
            AppendOutcome outcome;
            if (gen.OneIn(4))
            {
                double value = gen.Int(100);
                line = $"{timeMs} {value}";
                outcome = test.Append(s_latency, timeMs, value);
            }
            else
            {
                Histogram histogram = histories[step / 50 % 2].Next();
                line = RandomHistograms.Describe(timeMs, histogram);
                outcome = Append(test, timeMs, histogram);
            }

            if (outcome == AppendOutcome.Appended)
            {
                model.TryAdd(timeMs, line);
            }

            if (gen.OneIn(60))
            {
                test.Kill();
                test = new TestDatabase(files, options);
            }

            if (step % 40 == 0)
            {
                Assert.True(string.Join('\n', model.Values) == Dump(test), $"step {step}, {gen}");
            }
        }

        Assert.True(string.Join('\n', model.Values) == Dump(test), $"{gen}");
        Assert.True(test.Database.Stats().Chunks > 10);
        test.Dispose();
    }

    [Fact]
    public void The_hint_says_what_lies_before_a_histogram()
    {
        using TestDatabase test = new();
        Append(test, 1000, Of(2, CounterResetHint.NotReset));
        Append(test, 2000, Of(3, CounterResetHint.Unknown));
        Append(test, 3000, Of(3, CounterResetHint.Reset));
        Append(test, 4000, Of(1, CounterResetHint.NotReset));
        Append(test, 5000, Of(1, CounterResetHint.Gauge));
        Append(test, 6000, Of(9, CounterResetHint.Unknown));
        Append(test, 7000, new Histogram { Sum = StaleMarker.Value });
        Append(test, 8000, Of(9, CounterResetHint.Unknown));

        Assert.Equal("Unknown NotReset Reset Reset Gauge Unknown Unknown Unknown", Hints(test));
    }

    [Fact]
    public void A_bucket_that_falls_or_goes_is_a_reset_and_one_that_comes_is_none()
    {
        using TestDatabase test = new();
        Append(test, 1000, WithBuckets(1, 5, 5));
        Append(test, 2000, WithBuckets(0, 1, 5, 5));
        Append(test, 3000, WithBuckets(0, 1, 4, 9));
        Append(test, 4000, WithBuckets(1, 4, 20));

        Assert.Equal("Unknown NotReset Reset Reset", Hints(test));
    }

    [Fact]
    public void Out_of_order_histograms_are_put_in_between_and_what_follows_them_is_of_unknown_origin()
    {
        using TestDatabase test = new(options: TestDatabase.Options with { OutOfOrderWindow = TimeSpan.FromMinutes(1) });
        Append(test, 1000, Of(2, CounterResetHint.Unknown));
        Append(test, 3000, Of(3, CounterResetHint.Unknown));
        Append(test, 4000, Of(4, CounterResetHint.Unknown));
        Append(test, 2000, Of(2, CounterResetHint.Unknown));
        Assert.Equal("Unknown Unknown Unknown NotReset", Hints(test));
    }

    [Fact]
    public void The_same_histogram_again_is_no_error_and_another_one_at_its_time_is_refused()
    {
        using TestDatabase test = new();
        Append(test, 1000, Of(2, CounterResetHint.Unknown));
        Append(test, 1000, Of(2, CounterResetHint.NotReset));
        Append(test, 1000, Of(3, CounterResetHint.Unknown));
        test.Append(s_latency, 1000, 1);
        test.Append(s_latency, 2000, 1);
        Append(test, 2000, Of(3, CounterResetHint.Unknown));

        HeadStats stats = test.Database.Stats();
        Assert.Equal(1, stats.HistogramsAppended);
        Assert.Equal(1, stats.SamplesAppended);
        Assert.Equal(1, stats.DuplicateSamples);
        Assert.Equal(3, stats.DuplicateTimestamps);
    }

    [Fact]
    public void A_series_of_histograms_ends_with_a_histogram_though_the_marker_is_a_float()
    {
        using TestDatabase test = new();
        Append(test, 1000, Of(2, CounterResetHint.Unknown));
        test.Append(s_latency, 2000, StaleMarker.Value);
        SampleColumns samples = Read(test);
        Assert.True(samples.HistogramAt(1) is { IsStale: true });
    }

    [Fact]
    public void A_histogram_of_many_buckets_has_a_chunk_for_itself()
    {
        using TestDatabase test = new();
        for (int step = 1; step <= 3; step++)
        {
            long[] counts = new long[8000];
            Array.Fill(counts, step * 1_000_000_007L);
            Append(test, step * 1000, WithBuckets(0, counts));
        }

        SampleColumns samples = Read(test);
        Assert.Equal(3, samples.Count);
        Assert.Equal(8000, samples.HistogramAt(2)!.BucketCount);
        Assert.Equal(3, test.Database.Stats().Chunks);
    }

    private static AppendOutcome Append(TestDatabase test, long timestampMs, Histogram histogram)
    {
        using Appender appender = test.Database.NewAppender();
        AppendOutcome outcome = appender.Append(TestDatabase.Series(appender, s_latency), timestampMs, histogram);
        CommitResult result = appender.Commit();
        return result.Refused > 0 ? result.FirstRefusal
            : result.Duplicates > 0 ? AppendOutcome.DuplicateSample
            : outcome;
    }

    private static Histogram Of(ulong count, CounterResetHint hint) =>
        new() { Count = count, ZeroCount = count, Sum = count, CounterResetHint = hint };

    private static Histogram WithBuckets(int first, params long[] counts)
    {
        Histogram histogram = new() { Sum = 1 };
        histogram.Positive.AddSpan(new HistogramSpan(first, (uint)counts.Length));
        foreach (long count in counts)
        {
            histogram.Positive.AddCount(count);
            histogram.Count += (ulong)count;
        }

        return histogram;
    }

    private static string Hints(TestDatabase test)
    {
        SampleColumns samples = Read(test);
        List<string> hints = [];
        for (int index = 0; index < samples.Count; index++)
        {
            hints.Add(samples.HistogramAt(index)!.CounterResetHint.ToString());
        }

        return string.Join(' ', hints);
    }

    private static string Dump(TestDatabase test)
    {
        SampleColumns samples = Read(test);
        List<string> lines = [];
        for (int index = 0; index < samples.Count; index++)
        {
            lines.Add(samples.HistogramAt(index) is { } histogram
                ? RandomHistograms.Describe(samples.Timestamps[index], histogram)
                : $"{samples.Timestamps[index]} {samples.Values[index]}");
        }

        return string.Join('\n', lines);
    }

    private static SampleColumns Read(TestDatabase test)
    {
        using DatabaseQuerier querier = test.Database.NewQuerier();
        SelectedSeries series = querier.Select([], long.MinValue, long.MaxValue);
        SampleColumns samples = new();
        while (series.MoveNext())
        {
            series.Decode(ref samples);
        }

        return samples;
    }
}
