using System.Buffers;
using System.Linq;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Metrics;

public sealed class MetricRegistryTests
{
    private readonly MetricRegistry _registry = new();

    [Fact]
    public void A_summary_shows_quantiles_of_the_latest_and_sum_and_count_of_all()
    {
        MetricRegistry registry = new();
        SummaryMetric summary = registry.Summaries("lengths_seconds", "How long.", "job").With("a");
        for (int value = 1; value <= 2 * SummaryMetric.Window; value++)
        {
            summary.Observe(value <= SummaryMetric.Window ? 1000 : value - SummaryMetric.Window);
        }

        System.Buffers.ArrayBufferWriter<byte> page = new();
        registry.WriteTo(page, AmpEdge.Prometheus.ExpositionFormat.Text004);
        string text = System.Text.Encoding.UTF8.GetString(page.WrittenSpan);

        Assert.Contains("# TYPE lengths_seconds summary\n", text, StringComparison.Ordinal);
        Assert.Contains("lengths_seconds{job=\"a\",quantile=\"0.01\"} 6\n", text, StringComparison.Ordinal);
        Assert.Contains("lengths_seconds{job=\"a\",quantile=\"0.5\"} 257\n", text, StringComparison.Ordinal);
        Assert.Contains("lengths_seconds_sum{job=\"a\"} 643328\n", text, StringComparison.Ordinal);
        Assert.Contains("lengths_seconds_count{job=\"a\"} 1024\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_summary_without_observations_has_no_number_for_its_quantiles()
    {
        MetricRegistry registry = new();
        registry.Summaries("s", "S.").With();
        System.Buffers.ArrayBufferWriter<byte> page = new();
        registry.WriteTo(page, AmpEdge.Prometheus.ExpositionFormat.Text004);

        Assert.Contains("s{quantile=\"0.99\"} NaN\ns_sum 0\ns_count 0\n", System.Text.Encoding.UTF8.GetString(page.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_is_ordered_by_name_and_by_label_values()
    {
        MetricFamily<CounterMetric> requests = _registry.Counters("b_requests_total", "Requests\nby \"code\".", "code", "path");
        requests.With("500", "/").Increment();
        requests.With("200", "a\"b\\c\nd").Add(3);
        _registry.Gauge("a_fill", "Fill.").Set(0.5);

        Assert.Equal(
            """
            # HELP a_fill Fill.
            # TYPE a_fill gauge
            a_fill 0.5
            # HELP b_requests_total Requests\nby "code".
            # TYPE b_requests_total counter
            b_requests_total{code="200",path="a\"b\\c\nd"} 3
            b_requests_total{code="500",path="/"} 1

            """,
            Page(ExpositionFormat.Text004));
    }

    [Fact]
    public void A_histogram_is_cumulative_and_its_bounds_are_inclusive()
    {
        HistogramMetric histogram = _registry.Histogram("h_seconds", "H.", [0.1, 1, 2.5]);
        foreach (double value in (ReadOnlySpan<double>)[0.1, 0.5, 1, 3, double.NaN])
        {
            histogram.Observe(value);
        }

        Assert.Equal(
            """
            # HELP h_seconds H.
            # TYPE h_seconds histogram
            h_seconds_bucket{le="0.1"} 1
            h_seconds_bucket{le="1"} 3
            h_seconds_bucket{le="2.5"} 3
            h_seconds_bucket{le="+Inf"} 5
            h_seconds_sum NaN
            h_seconds_count 5

            """,
            Page(ExpositionFormat.Text004));
    }

    [Fact]
    public void OpenMetrics_differs_in_family_names_bounds_and_the_end()
    {
        _registry.Counter("c_total", "C.").Increment();
        _registry.Histogram("h", "H.", [1]).Observe(1);

        string page = Page(ExpositionFormat.OpenMetrics100);

        Assert.Contains("# TYPE c counter\nc_total 1", page, StringComparison.Ordinal);
        Assert.Contains("h_bucket{le=\"1.0\"} 1", page, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExpositionFormat.Text004)]
    [InlineData(ExpositionFormat.Text100)]
    public void Our_own_pages_are_read_by_our_own_parser(ExpositionFormat format)
    {
        ProcessMetrics.Register(_registry, "test", new BuildVersion("0.1.0", "abc"));
        _registry.Histogram("h", "H.", Buckets.Seconds).Observe(0.2);
        byte[] page = Encoding.UTF8.GetBytes(Page(format));

        LineParser<TextGrammar> parser = new(page, new LabelSlots(), new LabelSlots());
        int series = 0;
        ExpositionEntry entry;
        while ((entry = parser.Next()) != ExpositionEntry.EndOfPage)
        {
            Assert.NotEqual(ExpositionEntry.Error, entry);
            series += entry == ExpositionEntry.Series ? 1 : 0;
        }

        Assert.True(series > 25, Encoding.UTF8.GetString(page));
    }

    [Fact]
    public void Process_metrics_tell_of_this_process()
    {
        ProcessMetrics.Register(_registry, "ampedge-test", new BuildVersion("0.1.0", "abc"));

        string page = Page(ExpositionFormat.Text004);

        Assert.Matches("\nprocess_resident_memory_bytes [0-9.e+]+\n", page);
        Assert.Matches("\nprocess_cpu_seconds_total [0-9.e+-]+\n", page);
        Assert.Matches("\nprocess_open_fds [0-9]+\n", page);
        Assert.Matches("\nprocess_start_time_seconds 1\\.[0-9]+e\\+09\n", page);
        Assert.Contains("ampedge_build_info{program=\"ampedge-test\",version=\"0.1.0\",revision=\"abc\",", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_definition_gives_the_same_metric_and_another_one_throws()
    {
        Assert.Same(_registry.Counter("c_total", "C."), _registry.Counter("c_total", "C."));
        Assert.Throws<InvalidOperationException>(() => _registry.Gauge("c_total", "C."));
        Assert.Throws<InvalidOperationException>(() => _registry.Counters("c_total", "C.", "label"));
        Assert.Throws<ArgumentException>(() => _registry.Counter("requests", "R."));
        Assert.Throws<ArgumentException>(() => _registry.Counters("d_total", "D.", "a", "b").With("one"));
    }

    [Fact]
    public void A_removed_child_is_exported_no_more()
    {
        MetricFamily<GaugeMetric> family = _registry.Gauges("g", "G.", "target");
        family.With("a").Set(1);
        family.With("b").Set(2);

        Assert.True(family.Remove("a"));
        Assert.False(family.Remove("a"));

        Assert.DoesNotContain("target=\"a\"", Page(ExpositionFormat.Text004), StringComparison.Ordinal);
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        CounterMetric counter = _registry.Counters("c_total", "C.", "code").With("200");
        GaugeMetric gauge = _registry.Gauge("g", "G.");
        HistogramMetric histogram = _registry.Histogram("h", "H.", Buckets.Seconds);
        Count(10);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Count(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Count(int times)
        {
            for (int time = 0; time < times; time++)
            {
                counter.Increment();
                counter.Add(2L);
                counter.Add(0.5);
                gauge.Set(time);
                gauge.Add(-1);
                histogram.Observe(0.3);
            }
        }
    }

    [Fact]
    public async Task Concurrent_counting_loses_nothing()
    {
        CounterMetric counter = _registry.Counter("c_total", "C.");
        HistogramMetric histogram = _registry.Histogram("h", "H.", [1]);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int time = 0; time < 10_000; time++)
            {
                counter.Increment();
                counter.Add(0.25);
                histogram.Observe(0.5);
            }
        })));

        Assert.Equal(50_000, counter.Value);
        Assert.Equal(40_000, histogram.Count);
        Assert.Equal(20_000, histogram.Sum);
    }

    private string Page(ExpositionFormat format)
    {
        ArrayBufferWriter<byte> page = new();
        _registry.WriteTo(page, format);
        return Encoding.UTF8.GetString(page.WrittenSpan);
    }
}
