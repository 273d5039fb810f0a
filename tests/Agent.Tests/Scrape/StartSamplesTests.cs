using System.Globalization;
using System.Linq;
using System.Text;
using AmpEdge.Agent.Scrape;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

/// <summary>
/// Zeros at the time at which series were created, as Prometheus 3.5's agent stores them: later than the last sample of the series,
/// earlier than the present one.
/// </summary>
public sealed class StartSamplesTests
{
    private const long FirstMs = 1_000_000;

    private readonly RecordingStore _store = new();
    private readonly SampleBatch _batch = new();
    private long _timestampMs = FirstMs;

    [Fact]
    public void A_counter_begins_with_a_zero_at_the_time_of_its_created_line_which_is_no_series()
    {
        ScrapeCache cache = NewCache();

        Assert.Equal(
            ["a_total{x=\"1\"} 0@500500", "a_total{x=\"1\"} 7@1001000"],
            Scrape(cache, "# TYPE a counter\na_total{x=\"1\"} 7\na_created{x=\"1\"} 500.5\n# EOF\n"));
        Assert.Equal(
            ["a_total{x=\"1\"} 8@1002000"],
            Scrape(cache, "# TYPE a counter\na_total{x=\"1\"} 8\na_created{x=\"1\"} 500.5\n# EOF\n"));
    }

    [Fact]
    public void A_restart_between_two_scrapes_is_a_zero_between_their_samples()
    {
        ScrapeCache cache = NewCache();
        Scrape(cache, Counter(5, 500));

        Assert.Equal(["a_total 0@1001500", "a_total 2@1002000"], Scrape(cache, Counter(2, 1001.5)));
        Assert.Equal(["a_total 3@1003000"], Scrape(cache, Counter(3, 1001.5)));
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(1002)]
    [InlineData(1003)]
    [InlineData(0)]
    [InlineData(-4)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public void A_time_that_is_not_between_the_last_sample_and_this_one_gives_no_zero(double createdSeconds)
    {
        ScrapeCache cache = NewCache();
        Scrape(cache, Counter(5, 500));

        Assert.Equal(["a_total 2@1002000"], Scrape(cache, Counter(2, createdSeconds)));
    }

    [Fact]
    public void A_series_that_was_gone_ended_at_the_scrape_after_its_last()
    {
        ScrapeCache cache = NewCache();
        Scrape(cache, Counter(5, 500));
        Assert.Equal(["a_total stale"], Scrape(cache, "# EOF\n").ConvertAll(static text => text.Split('@')[0]));
        Scrape(cache, "# EOF\n");
        Scrape(cache, "# EOF\n");

        // Scrapes were at 1001, 1002 (the marker), 1003 and 1004; now it is 1005.
        Assert.Equal(["a_total 0@1002500", "a_total 1@1005000"], Scrape(cache, Counter(1, 1002.5)));
    }

    [Fact]
    public void A_failed_scrape_ends_series_too()
    {
        ScrapeCache cache = NewCache();
        Scrape(cache, Counter(5, 500));
        Scrape(cache, "bad{\n# EOF\n");

        Assert.Equal(["a_total 1@1003000"], Scrape(cache, Counter(1, 1002)));
        Scrape(cache, "bad{\n# EOF\n");
        Assert.Equal(["a_total 0@1004001", "a_total 1@1005000"], Scrape(cache, Counter(1, 1004.001)));
    }

    [Fact]
    public void A_page_that_fails_leaves_no_zeros()
    {
        ScrapeCache cache = NewCache();

        Assert.Empty(Scrape(cache, "# TYPE a counter\na_total 1\na_created 500\nbad{\n# EOF\n"));
    }

    [Fact]
    public void All_series_of_a_histogram_or_summary_begin_and_no_other_label_set_does()
    {
        List<string> samples = Scrape(NewCache(), """
            # TYPE h histogram
            h_bucket{x="1",le="1.0"} 1
            h_bucket{x="1",le="+Inf"} 2
            h_count{x="1"} 2
            h_created{x="1"} 500
            h_sum{x="1"} 3
            h_bucket{x="2",le="1.0"} 1
            h_bucket{x="2",le="+Inf"} 1
            h_created{x="3"} 600
            # TYPE s summary
            s{quantile="0.5"} 1
            s_count 1
            s_created 700
            # TYPE g gauge
            g 1
            g_created 800
            # EOF

            """);

        Assert.Equal(
            [
                "h_bucket{le=\"1.0\", x=\"1\"} 0@500000", "h_bucket{le=\"+Inf\", x=\"1\"} 0@500000", "h_count{x=\"1\"} 0@500000",
                "h_sum{x=\"1\"} 0@500000", "s{quantile=\"0.5\"} 0@700000", "s_count 0@700000",
            ],
            samples.FindAll(static sample => sample.Contains(" 0@", StringComparison.Ordinal)));
        Assert.Contains("g_created 800@1001000", samples);
        Assert.DoesNotContain(samples, static sample => sample.StartsWith("h_created", StringComparison.Ordinal));
    }

    [Fact]
    public void Text_without_types_of_OpenMetrics_keeps_its_created_lines_as_series() =>
        Assert.Equal(
            ["a_total 5@1001000", "a_created 500@1001000"],
            Scrape(NewCache(), "# TYPE a_total counter\na_total 5\na_created 500\n", ExpositionFormat.Text004));

    [Fact]
    public void Without_the_feature_created_lines_are_series() =>
        Assert.Equal(
            ["a_total 5@1001000", "a_created 500@1001000"],
            Scrape(NewCache(new ScrapeCacheOptions()), Counter(5, 500)));

    [Fact]
    public void Samples_of_an_unknown_past_are_not_followed_by_zeros_before_it()
    {
        ScrapeCache cache = NewCache(new ScrapeCacheOptions { CreatedAfterMs = 900_000 });

        Assert.Equal(["a_total 5@1001000"], Scrape(cache, Counter(5, 900)));
        cache = NewCache(new ScrapeCacheOptions { CreatedAfterMs = 900_000 });
        Assert.Equal(["a_total 0@900001", "a_total 5@1002000"], Scrape(cache, Counter(5, 900.001)));
    }

    [Fact]
    public void A_forgotten_series_does_not_begin_before_it_was_forgotten()
    {
        ScrapeCache cache = NewCache();
        Scrape(cache, Counter(5, 500));
        for (int page = 0; page < 3; page++)
        {
            // So many lines go that the cache gives up what is not on the page.
            StringBuilder many = new();
            for (int line = 0; line < 200; line++)
            {
                many.Append("other").Append(page).Append('_').Append(line).Append(" 1\n");
            }

            Scrape(cache, many.Append("# EOF\n").ToString());
        }

        Assert.Equal(["a_total 1@1005000"], Scrape(cache, Counter(1, 1002.5)).FindAll(static text => text.StartsWith('a')));
    }

    [Fact]
    public void A_sample_s_own_time_bounds_the_zero()
    {
        Assert.Equal(
            ["a_total 5@400000"],
            Scrape(NewCache(), "# TYPE a counter\na_total 5 400\na_created 400\n# EOF\n"));
        Assert.Equal(
            ["a_total 0@399000", "a_total 5@400000"],
            Scrape(NewCache(), "# TYPE a counter\na_total 5 400\na_created 399\n# EOF\n"));
    }

    [Fact]
    public void A_histogram_that_is_put_together_begins_with_an_empty_one()
    {
        List<string> samples = Scrape(
            NewCache(new ScrapeCacheOptions { CreatedAfterMs = long.MinValue, ConvertClassicHistograms = true }),
            "# TYPE h histogram\nh_bucket{le=\"1.0\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_count 2\nh_sum 3\nh_created 500\n# EOF\n");

        Assert.Equal(2, samples.Count);
        Assert.StartsWith("h ", samples[0], StringComparison.Ordinal);
        Assert.EndsWith("@500000", samples[0], StringComparison.Ordinal);
        Assert.Contains(" count 0 sum 0 zero 0 0 reset ", samples[0], StringComparison.Ordinal);
        Assert.EndsWith("@1001000", samples[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Protobuf_tells_the_time_with_the_metric()
    {
        // counter a, value 7, created at 500.25 s; gauge g, value 1.
        ByteBuffer page = new();
        ByteBuffer created = new();
        created.Append([0x08]);
        created.AppendUvarint(500);
        created.Append([0x10]);
        created.AppendUvarint(250_000_000);
        ByteBuffer counter = new();
        counter.Append([0x09]);
        counter.AppendDoubleLittleEndian(7);
        Field(counter, 3, created);
        AppendFamily(page, "a_total", 0, 3, counter);
        ByteBuffer gauge = new();
        gauge.Append([0x09]);
        gauge.AppendDoubleLittleEndian(1);
        AppendFamily(page, "g", 1, 2, gauge);
        ScrapeCache cache = NewCache();

        Assert.Equal(["a_total 0@500250", "a_total 7@1001000", "g 1@1001000"], Scrape(cache, page.Written, ExpositionFormat.Protobuf));
        Assert.Equal(["a_total 7@1002000", "g 1@1002000"], Scrape(cache, page.Written, ExpositionFormat.Protobuf));
    }

    [Fact]
    public void Whatever_the_times_are_every_series_arrives_in_order_and_nothing_else_changes()
    {
        Gen gen = Gen.Create(20261123);
        for (int round = 0; round < 200; round++)
        {
            RecordingStore plainStore = new();
            ScrapeCache plain = NewCache(new ScrapeCacheOptions(), plainStore);
            RecordingStore store = new();
            ScrapeCache cache = NewCache(null, store);
            SampleBatch batch = new();
            for (int scrape = 1; scrape < 8; scrape++)
            {
                long now = FirstMs + scrape * 1000;
                byte[] page = Encoding.UTF8.GetBytes(RandomPage(gen, now));
                Take(cache, store, page, ExpositionFormat.OpenMetrics100, now, batch);
                Take(plain, plainStore, page, ExpositionFormat.OpenMetrics100, now, batch);
            }

            Dictionary<string, long> newest = [];
            List<string> rest = [];
            foreach (RecordedSample sample in store.Scrapes.SelectMany(static scrape => scrape))
            {
                string series = sample.Labels.ToString();
                Assert.True(sample.TimestampMs > newest.GetValueOrDefault(series, long.MinValue), $"{gen}: {series} {sample.TimestampMs}");
                newest[series] = sample.TimestampMs;
                if (sample.TimestampMs % 1000 == 0)
                {
                    rest.Add($"{sample}@{sample.TimestampMs}");
                }
            }

            List<string> expected = [];
            foreach (RecordedSample sample in plainStore.Scrapes.SelectMany(static scrape => scrape))
            {
                if (!sample.Labels.ToString().Contains("_created", StringComparison.Ordinal))
                {
                    expected.Add($"{sample}@{sample.TimestampMs}");
                }
            }

            Assert.True(string.Join('\n', expected) == string.Join('\n', rest), $"{gen}\n{string.Join('\n', expected)}\n---\n{string.Join('\n', rest)}");
        }
    }

    private static string RandomPage(Gen gen, long now)
    {
        StringBuilder page = new();
        foreach (string family in (string[])["a", "b"])
        {
            if (gen.Int(4) == 0)
            {
                continue;
            }

            page.Append($"# TYPE {family} counter\n");
            for (int label = 0; label < 3; label++)
            {
                if (gen.Int(3) > 0)
                {
                    page.Append($"{family}_total{{x=\"{label}\"}} {gen.Int(9)}\n");
                }

                if (gen.Int(3) > 0)
                {
                    // Never a whole second, so that the test can tell zeros from samples.
                    page.Append($"{family}_created{{x=\"{label}\"}} {(now - gen.Int(5000)) / 1000}.{gen.Int(1, 999):D3}\n");
                }
            }
        }

        return page.Append(gen.Int(6) == 0 ? "bad{\n# EOF\n" : "# EOF\n").ToString();
    }

    private static string Counter(double value, double createdSeconds) => string.Create(
        CultureInfo.InvariantCulture,
        $"# TYPE a counter\na_total {value}\na_created {(double.IsPositiveInfinity(createdSeconds) ? "+Inf" : createdSeconds)}\n# EOF\n");

    private static void Field(ByteBuffer target, int number, ByteBuffer content)
    {
        target.AppendUvarint((ulong)(number << 3 | 2));
        target.AppendUvarint((ulong)content.Length);
        target.Append(content.Written);
    }

    /// <summary>A family of one metric without labels; <paramref name="field"/> is that of its value in the metric.</summary>
    private static void AppendFamily(ByteBuffer page, string name, ulong type, int field, ByteBuffer value)
    {
        ByteBuffer text = new();
        text.Append(Encoding.UTF8.GetBytes(name));
        ByteBuffer metric = new();
        Field(metric, field, value);
        ByteBuffer family = new();
        Field(family, 1, text);
        family.Append([0x18]);
        family.AppendUvarint(type);
        Field(family, 4, metric);
        page.AppendUvarint((ulong)family.Length);
        page.Append(family.Written);
    }

    private ScrapeCache NewCache(ScrapeCacheOptions? options = null, RecordingStore? store = null) => new(
        store ?? _store,
        new SampleLabels(Labels.Empty, honorLabels: false, utf8Names: true, [], new ScrapeLimits()),
        new TargetMetadata(),
        options ?? new ScrapeCacheOptions { CreatedAfterMs = long.MinValue });

    private List<string> Scrape(ScrapeCache cache, string page, ExpositionFormat format = ExpositionFormat.OpenMetrics100) =>
        Scrape(cache, Encoding.UTF8.GetBytes(page), format);

    /// <summary>What one scrape stores, in order, zeros first.</summary>
    private List<string> Scrape(ScrapeCache cache, ReadOnlySpan<byte> page, ExpositionFormat format)
    {
        _timestampMs += 1000;
        int before = _store.Scrapes.Count;
        Take(cache, _store, page, format, _timestampMs, _batch);
        List<string> stored = [];
        foreach (List<RecordedSample> scrape in _store.Scrapes[before..])
        {
            stored.AddRange(scrape.ConvertAll(static sample => $"{sample}@{sample.TimestampMs}"));
        }

        return stored;
    }

    /// <summary>As the loop does: zeros are stored before the samples.</summary>
    private static void Take(
        ScrapeCache cache, RecordingStore store, ReadOnlySpan<byte> page, ExpositionFormat format, long timestampMs, SampleBatch batch)
    {
        PageResult result = cache.Read(page, format, timestampMs, batch);
        if (result.Problem is null)
        {
            cache.Commit(batch);
        }
        else
        {
            batch.Clear();
            cache.CommitFailure(timestampMs, batch);
        }

        if (batch.HasStarts)
        {
            store.Append(batch.Starts);
        }

        store.Append(batch);
        batch.Clear();
        cache.ForgetUnseen();
    }
}
