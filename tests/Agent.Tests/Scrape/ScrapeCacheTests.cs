using System.Text;
using AmpEdge.Agent.Scrape;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

public sealed class ScrapeCacheTests
{
    private readonly RecordingStore _store = new();
    private readonly SampleBatch _batch = new();
    private readonly ScrapeCache _cache;
    private long _timestampMs = 1_000_000;

    public ScrapeCacheTests()
    {
        _cache = NewCache(_store);
    }

    [Fact]
    public void A_series_that_is_gone_gets_one_marker_and_is_new_when_it_returns()
    {
        Scrape("a 1\nb 2\n");
        Assert.Equal(["a 1", "b stale"], Scrape("a 1\n"));
        Assert.Equal(["a 1"], Scrape("a 1\n"));
        Scrape("a 1\nb 3\n", out PageResult page);
        Assert.Equal(1, page.SeriesAdded);
    }

    [Fact]
    public void Order_may_change_and_lines_may_come_between()
    {
        Scrape("# TYPE a gauge\na 1\nb{x=\"1\"} 2\nc 3\n");
        Assert.Equal(
            ["c 4", "new 5", "a 6", "b{x=\"1\"} 7"],
            Scrape("c 4\nnew 5\n# TYPE a gauge\na 6\nb{x=\"1\"} 7\n"));
        Assert.Equal(
            ["a 8", "b{x=\"1\"} 9", "c 10", "new stale"],
            Scrape("# TYPE a gauge\na 8\nb{x=\"1\"} 9\nc 10\n"));
    }

    [Fact]
    public void A_name_that_begins_like_the_remembered_one_is_another_series()
    {
        Scrape("ab 1\n");
        Assert.Equal(["abc 2", "ab stale"], Scrape("abc 2\n"));
        Assert.Equal(
            ["abc{x=\"1\"} 3", "abc stale"],
            Scrape("abc {x=\"1\"} 3\n"));
    }

    [Fact]
    public void Bounds_are_normalised_also_when_the_type_line_comes_from_memory()
    {
        Scrape("# TYPE h histogram\nh_bucket{le=\"1\"} 1\n");
        Assert.Equal(
            ["h_bucket{le=\"1.0\"} 2", "h_bucket{le=\"5.0\"} 3"],
            Scrape("# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"5\"} 3\n"));
    }

    [Fact]
    public void Two_lines_of_the_same_series_count_as_a_duplicate()
    {
        List<string> samples = Scrape("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 2\n", out PageResult page);

        Assert.Equal(["a{x=\"1\", y=\"2\"} 1"], samples);
        Assert.Equal((2, 2, 1), (page.Scraped, page.AfterRelabel, page.Duplicates));
        Assert.Equal(samples, Scrape("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 2\n"));
    }

    [Fact]
    public void Another_way_to_write_a_series_is_the_same_series()
    {
        Scrape("a{x=\"1\",y=\"2\"} 1\n");
        Assert.Equal(["a{x=\"1\", y=\"2\"} 2"], Scrape("a{y=\"2\", x=\"1\"} 2\n"));
    }

    [Fact]
    public void A_change_of_format_keeps_the_series()
    {
        Scrape("a 1\n");
        Assert.Equal(
            ["a 2"], Scrape("# TYPE a gauge\na 2\n# EOF\n", ExpositionFormat.OpenMetrics100));
        Assert.Equal(["a 3"], Scrape("a 3\n"));
        Assert.Equal(1, _store.LiveSeries);
    }

    [Fact]
    public void A_failed_scrape_marks_everything_stale_once()
    {
        Scrape("a 1\nb 2\n");
        Assert.Equal(["a stale", "b stale"], Fail());
        Assert.Equal([], Fail());
        Assert.Equal(["a 3"], Scrape("a 3\n"));
    }

    [Fact]
    public void Timestamps_of_the_page_are_taken_on_the_quick_path_too()
    {
        Scrape("a 1 999000\nb 1\n");
        Scrape("a 2 999500\nb 2\n");
        Assert.Equal(999_500, _store.Scrapes[^1][0].TimestampMs);
        Assert.Equal(["b 3"], Scrape("b 3\n"));
    }

    [Fact]
    public void A_sample_from_the_far_future_is_left_out_and_counted()
    {
        List<string> samples = Scrape("a 1 99999999\nb 2\n", out PageResult page);

        Assert.Equal(["b 2"], samples);
        Assert.Equal(1, page.OutOfBounds);
    }

    [Fact]
    public void Churn_does_not_grow_the_cache_without_bound()
    {
        for (int round = 0; round < 200; round++)
        {
            StringBuilder page = new("fixed 1\n");
            for (int series = 0; series < 20; series++)
            {
                page.Append("churn{x=\"").Append(round).Append("\",n=\"").Append(series).Append("\"} 1\n");
            }

            Scrape(page.ToString());
        }

        Assert.InRange(_cache.Lines, 21, 200);
        Assert.InRange(_store.LiveSeries, 21, 200);
        _cache.Release();
        Assert.Equal(0, _store.LiveSeries);
    }

    [Fact]
    public void Lines_are_remembered_in_the_order_of_the_page_from_the_first_page_on()
    {
        string page = Families(20, seriesOfEach: 5);
        Scrape(page);
        Assert.Equal(0, StraysOf(page));
    }

    [Fact]
    public void What_is_forgotten_leaves_the_others_in_the_order_of_the_page()
    {
        string page = Families(20, seriesOfEach: 5);
        Scrape(page + Families(40, seriesOfEach: 5, "gone"));
        Scrape(page);
        Assert.Equal(20 * 7, _cache.Lines);
        Scrape(page);
        Assert.Equal(0, StraysOf(page));
    }

    [Fact]
    public void New_lines_between_others_find_their_place_with_the_next_page()
    {
        string families = Families(20, seriesOfEach: 5);
        string grown = Families(20, seriesOfEach: 6);
        Scrape(families);
        Scrape(grown);
        Assert.Equal(2 * 20, StraysOf(grown) + 1);
        Assert.Equal(0, StraysOf(grown));
        Assert.Equal(120, Scrape(grown).Count);
    }

    [Fact]
    public void Metadata_is_what_the_page_says_last()
    {
        TargetMetadata metadata = new();
        ScrapeCache cache = NewCache(_store, metadata);
        Read(cache, "# HELP a one\\ntwo\n# TYPE a counter\na 1\n", ExpositionFormat.Text004);
        Read(cache, "# HELP a three\n# TYPE a gauge\na 1\n", ExpositionFormat.Text004);

        List<MetricMetadata> families = [];
        metadata.CopyTo(families);
        Assert.Equal(new MetricMetadata("a", MetricType.Gauge, "three", ""), Assert.Single(families));
    }

    /// <summary>The cache may only save work: whatever the pages, it gives what a fresh cache gives for the same page.</summary>
    [Theory]
    [InlineData(81)]
    [InlineData(82)]
    [InlineData(83)]
    public void Random_pages_read_the_same_with_and_without_memory(int seed)
    {
        Gen gen = Gen.Create(seed);
        for (int round = 0; round < 400; round++)
        {
            string page = RandomPage(gen);
            List<string> withMemory = Scrape(page, out PageResult first);
            RecordingStore freshStore = new();
            SampleBatch freshBatch = new();
            PageResult fresh = NewCache(freshStore).Read(
                Encoding.UTF8.GetBytes(page), ExpositionFormat.Text004, _timestampMs, freshBatch);
            freshStore.Append(freshBatch);
            withMemory.RemoveAll(static sample => sample.EndsWith("stale", StringComparison.Ordinal));
            List<string> without = fresh.Problem is null
                ? freshStore.Scrapes[0].ConvertAll(static sample => sample.ToString())
                : [];

            Assert.True(
                first.Problem == fresh.Problem && first.Scraped == fresh.Scraped
                    && string.Join('\n', without) == string.Join('\n', withMemory),
                $"round {round}, {gen}:\n{page}\nwith memory: {first.Problem} {string.Join('|', withMemory)}\n"
                    + $"fresh: {fresh.Problem} {string.Join('|', without)}");
        }
    }

    private static string Families(int count, int seriesOfEach, string prefix = "family")
    {
        StringBuilder page = new();
        for (int family = 0; family < count; family++)
        {
            page.Append($"# HELP {prefix}{family} Help.\n# TYPE {prefix}{family} gauge\n");
            for (int series = 0; series < seriesOfEach; series++)
            {
                page.Append($"{prefix}{family}{{x=\"{series}\"}} {series}\n");
            }
        }

        return page.ToString();
    }

    private static string RandomPage(Gen gen)
    {
        StringBuilder page = new();
        int lines = gen.Int(12);
        for (int line = 0; line < lines; line++)
        {
            string name = gen.Pick("a", "ab", "abc", "h_bucket");
            page.Append(gen.Int(12) switch
            {
                0 => "# TYPE h histogram\n",
                1 => "# TYPE a gauge\n",
                2 => "# just words\n",
                3 => "\n",
                4 => $"  {name} {gen.Int(5)}\n",
                5 => $"{name}{{le=\"{gen.Int(3)}\"}} {gen.Int(5)}\n",
                6 => $"{name}{{x=\"\\\"\",}} {gen.Int(5)} {gen.Int(5)}\n",
                7 => $"{name} NaN\n",
                8 => $"{name}\t1\n",
                9 => gen.OneIn(8) ? "broken {\n" : "",
                _ => $"{name} {gen.Int(1000) / 8.0} \n",
            });
        }

        return page.ToString();
    }

    private static ScrapeCache NewCache(RecordingStore store, TargetMetadata? metadata = null) => new(
        store,
        new SampleLabels(Labels.Empty, honorLabels: false, utf8Names: true, [], new ScrapeLimits()),
        metadata ?? new TargetMetadata(),
        new ScrapeCacheOptions());

    private List<string> Scrape(string page, ExpositionFormat format = ExpositionFormat.Text004) =>
        Scrape(page, out _, format);

    private List<string> Scrape(string page, out PageResult result, ExpositionFormat format = ExpositionFormat.Text004)
    {
        result = Read(_cache, page, format);
        return _store.Scrapes[^1].ConvertAll(static sample => sample.ToString());
    }

    /// <summary>Scrapes, and counts the lines that are not remembered where the page has them.</summary>
    private int StraysOf(string page)
    {
        _timestampMs += 1000;
        _batch.Clear();
        PageResult result = _cache.Read(Encoding.UTF8.GetBytes(page), ExpositionFormat.Text004, _timestampMs, _batch);
        Assert.Null(result.Problem);
        _cache.Commit(_batch);
        _store.Append(_batch);
        int strays = _cache.Strays;
        _cache.ForgetUnseen();
        return strays;
    }

    private PageResult Read(ScrapeCache cache, string page, ExpositionFormat format)
    {
        _timestampMs += 1000;
        _batch.Clear();
        PageResult result = cache.Read(Encoding.UTF8.GetBytes(page), format, _timestampMs, _batch);
        if (result.Problem is null)
        {
            cache.Commit(_batch);
        }
        else
        {
            _batch.Clear();
            cache.CommitFailure(_timestampMs, _batch);
        }

        _store.Append(_batch);
        cache.ForgetUnseen();
        return result;
    }

    private List<string> Fail()
    {
        _timestampMs += 1000;
        _batch.Clear();
        _cache.CommitFailure(_timestampMs, _batch);
        _store.Append(_batch);
        return _store.Scrapes[^1].ConvertAll(static sample => sample.ToString());
    }
}
