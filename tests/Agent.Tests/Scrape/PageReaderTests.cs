using System.Globalization;
using System.Text;
using AmpEdge.Agent.Scrape;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

public sealed class PageReaderTests
{
    private const long TimestampMs = 1_000_000;

    [Theory]
    [InlineData(ExpositionFormat.Text004, false)]
    [InlineData(ExpositionFormat.Text004, true)]
    [InlineData(ExpositionFormat.OpenMetrics100, false)]
    public void A_page_in_parts_gives_what_it_gives_whole(ExpositionFormat format, bool convert)
    {
        Gen gen = Gen.Create(95);
        ScrapeCacheOptions options = new()
        {
            ConvertClassicHistograms = convert, Histograms = new HistogramForms(true, AlwaysClassic: gen.Bool()),
        };
        RecordingStore partStore = new();
        ScrapeCache parts = Cache(partStore, options);
        for (int round = 0; round < 300; round++)
        {
            byte[] page = Page(gen, format == ExpositionFormat.OpenMetrics100);
            RecordingStore wholeStore = new();
            List<string> whole = Read(Cache(wholeStore, options), wholeStore, page, format, page.Length, out string? expected);
            List<string> actual = Read(parts, partStore, page, format, 1 + gen.Int(60), out string? problem);
            actual.RemoveAll(static sample => sample.EndsWith("stale", StringComparison.Ordinal));

            Assert.True(expected == problem, $"{gen}, round {round}: {problem} for {expected}");
            Assert.True(whole.TrueForAll(actual.Contains) && whole.Count == actual.Count, $"{gen}, round {round}: {Encoding.UTF8.GetString(page)}");
        }
    }

    [Fact]
    public void A_line_break_inside_a_label_value_may_fall_between_two_parts()
    {
        byte[] page = "a{x=\"1\n2\n3\"} 1\nb 2\n"u8.ToArray();
        for (int size = 1; size < page.Length; size++)
        {
            RecordingStore store = new();
            List<string> samples = Read(
                Cache(store, new ScrapeCacheOptions()), store, page, ExpositionFormat.Text004, size, out string? problem);

            Assert.Null(problem);
            Assert.Equal(2, samples.Count);
        }
    }

    [Theory]
    [InlineData("a 1\n# EOF\nb 1\n", "unexpected data after # EOF")]
    [InlineData("a 1\n", "data does not end with # EOF")]
    [InlineData("a 1\n# EOF", null)]
    public void What_follows_the_end_of_OpenMetrics_is_seen_in_whichever_part_it_is(string text, string? expected)
    {
        byte[] page = Encoding.UTF8.GetBytes(text);
        for (int size = 1; size <= page.Length; size++)
        {
            RecordingStore store = new();
            Read(
                Cache(store, new ScrapeCacheOptions()), store, page, ExpositionFormat.OpenMetrics100, size, out string? problem);
            Assert.Equal(expected, problem);
        }
    }

    [Fact]
    public void Beyond_the_series_limit_only_the_excess_is_left_out_until_there_is_room()
    {
        RecordingStore store = new();
        ScrapeCache cache = Cache(store, new ScrapeCacheOptions { SeriesLimit = 2 });

        Assert.Equal(["a 1", "b 1"], Read(cache, store, "a 1\nb 1\nc 1\nd 1\n", out PageResult first));
        Assert.Equal((4, 2), (first.Scraped, first.OverSeriesLimit));
        Assert.Null(first.Problem);
        Assert.Equal(["a 2", "b 2"], Read(cache, store, "a 2\nb 2\nc 2\nd 2\n", out _));

        // b goes and makes room, from the next page on, for the one that comes first.
        Assert.Equal(["a 3", "b stale"], Read(cache, store, "a 3\nc 3\nd 3\n", out _));
        Assert.Equal(["a 4", "c 4"], Read(cache, store, "a 4\nc 4\nd 4\n", out PageResult last));
        Assert.Equal((1, 1), (last.SeriesAdded, last.OverSeriesLimit));
    }

    [Fact]
    public void While_memory_is_full_known_series_go_on_and_new_ones_wait_for_room()
    {
        RecordingStore store = new();
        ScrapeCache cache = Cache(store, new ScrapeCacheOptions());
        Read(cache, store, "a 1\nb 1\n", out _);
        store.HasRoom = false;

        Assert.Equal(["a 2", "b 2"], Read(cache, store, "a 2\nb 2\nc 2\n", out PageResult full));
        Assert.Equal((3, 1), (full.Scraped, full.OverSeriesLimit));
        Assert.Null(full.Problem);
        Assert.Equal(2, store.LiveSeries);

        store.HasRoom = true;
        Assert.Equal(["a 3", "b 3", "c 3"], Read(cache, store, "a 3\nb 3\nc 3\n", out _));
    }

    [Fact]
    public void While_memory_is_full_a_page_of_very_many_new_series_fails_and_is_forgotten()
    {
        RecordingStore store = new() { HasRoom = false };
        ScrapeCache cache = Cache(store, new ScrapeCacheOptions());
        StringBuilder page = new();
        for (int series = 0; series < 100_000; series++)
        {
            page.Append(CultureInfo.InvariantCulture, $"m{{s=\"{series}\"}} 1\n");
        }

        Read(
            cache, store, Encoding.UTF8.GetBytes(page.ToString()), ExpositionFormat.Text004, 1 << 18, out string? problem);

        Assert.Equal("memory is full, and the page has more than 16384 series that are not there yet", problem);
        Assert.InRange(cache.Lines, 0, 20_000);
        Assert.Equal(0, store.LiveSeries);
    }

    [Fact]
    public void An_exemplar_is_stored_once_until_another_takes_its_place()
    {
        RecordingStore store = new();
        ScrapeCache cache = Cache(store, new ScrapeCacheOptions());
        foreach (string exemplar in (string[])["{id=\"a\"} 1", "{id=\"a\"} 1", "{id=\"b\"} 1 5", "{id=\"b\"} 1 5", "{id=\"c\"} 1 4"])
        {
            Read(
                cache, store, Encoding.UTF8.GetBytes($"a_total 1 # {exemplar}\n# EOF\n"), ExpositionFormat.OpenMetrics100, 1000,
                out _);
        }

        // The last is older than the one before, so it is out of order and stays out.
        Assert.Equal(
            [("{id=\"a\"}", TimestampMs), ("{id=\"b\"}", 5000L)],
            store.Exemplars.ConvertAll(static exemplar => (exemplar.Labels.ToString(), exemplar.TimestampMs)));
    }

    [Fact]
    public void A_classic_histogram_whose_counts_fall_is_not_converted_and_is_counted()
    {
        RecordingStore store = new();
        ScrapeCache cache = Cache(store, new ScrapeCacheOptions { ConvertClassicHistograms = true });
        Read(
            cache, store,
            "# TYPE h histogram\nh_bucket{le=\"1\"} 5\nh_bucket{le=\"+Inf\"} 4\nh_count 4\n# TYPE g gauge\ng 1\n",
            out PageResult page);

        Assert.Equal(1, page.NotConverted);
        Assert.Equal(["g"], store.Scrapes[0].ConvertAll(static sample => sample.Name));
    }

    private static ScrapeCache Cache(RecordingStore store, ScrapeCacheOptions options) => new(
        store, new SampleLabels(Labels.Empty, honorLabels: false, utf8Names: true, [], new ScrapeLimits()),
        new TargetMetadata(), options);

    private static List<string> Read(ScrapeCache cache, RecordingStore store, string page, out PageResult result)
    {
        SampleBatch batch = new();
        result = cache.Read(Encoding.UTF8.GetBytes(page), ExpositionFormat.Text004, TimestampMs, batch);
        Assert.Null(result.Problem);
        cache.Commit(batch);
        store.Append(batch);
        cache.ForgetUnseen();
        return store.Scrapes[^1].ConvertAll(static sample => sample.ToString());
    }

    /// <summary>Reads as a loop does, with a window that grows when nothing of it can be taken.</summary>
    private static List<string> Read(
        ScrapeCache cache, RecordingStore store, byte[] page, ExpositionFormat format, int size, out string? problem)
    {
        SampleBatch batch = new();
        cache.Begin(format, TimestampMs, batch);
        int start = 0;
        int end = 0;
        bool isLast = false;
        while (!isLast && !cache.HasFailed)
        {
            end = Math.Min(page.Length, end + size);
            isLast = end == page.Length;
            start += cache.ReadPart(page.AsSpan(start, end - start), isLast);
        }

        problem = cache.End().Problem;
        if (problem is null)
        {
            cache.Commit(batch);
        }
        else
        {
            batch.Clear();
            cache.CommitFailure(TimestampMs, batch);
        }

        store.Append(batch);
        cache.ForgetUnseen();
        return store.Scrapes[^1].ConvertAll(static sample => sample.ToString());
    }

    private static byte[] Page(Gen gen, bool openMetrics)
    {
        StringBuilder page = new();
        for (int family = gen.Int(6); family > 0; family--)
        {
            if (gen.OneIn(2))
            {
                page.Append(gen.Pick("# HELP h text of help\n", "# TYPE f gauge\n"));
                page.Append($"f{family}{{a=\"{gen.Text("xyz é", 5)}\"}} {gen.Int(100)}\n");
                continue;
            }

            string labels = gen.Pick("", "x=\"1\",", "x=\"2\",y=\"é\",");
            page.Append($"# TYPE h{family} histogram\n");
            page.Append($"h{family}_bucket{{{labels}le=\"1\"}} 1\nh{family}_bucket{{{labels}le=\"+Inf\"}} {1 + gen.Int(3)}\n");
            page.Append(gen.OneIn(8) ? "bad{\n" : "");
        }

        page.Append(openMetrics ? "# EOF\n" : "");
        return Encoding.UTF8.GetBytes(page.ToString());
    }
}
