using AmpEdge.Agent.Discovery;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

/// <summary>Pools against a real HTTP server, on a clock that the test moves.</summary>
public sealed class ScrapePoolTests : IAsyncDisposable
{
    /// <summary>Long, so that no time-out falls into a step of the clock.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromHours(10);

    private readonly ScriptedHttpServer _server = new(ScriptedResponse.Page("a 1\n"));
    private readonly RecordingStore _store = new();
    private readonly ManualTime _time = new();
    private readonly ScrapeMetrics _metrics = new(new MetricRegistry());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Targets_are_scraped_each_interval_at_equal_distances()
    {
        await using ScrapePool pool = Pool(Job());
        await pool.SyncAsync([Group(_server.Address)]);
        for (int scrape = 1; scrape <= 3; scrape++)
        {
            // Exactly to the tick and not beyond: the loop may wake on another thread, and must see its own time there.
            await UntilAsync(() => _time.WaitingTimers > 0);
            _time.AdvanceToNextTimer();
            await UntilAsync(() => Stored() == scrape);
        }

        List<long> times = TimesOf("a");
        Assert.Equal(3, times.Count);
        long intervalMs = (long)s_interval.TotalMilliseconds;
        Assert.Equal([intervalMs, intervalMs], [times[1] - times[0], times[2] - times[1]]);
        Assert.Equal(TargetHealth.Up, Assert.Single(pool.Snapshot.Active).Status.Health);
    }

    [Fact]
    public async Task A_target_that_discovery_loses_ends_with_markers()
    {
        await using ScrapePool pool = Pool(Job());
        await pool.SyncAsync([Group(_server.Address)]);
        await ScrapesAsync(pool, 1);
        await pool.SyncAsync([]);

        Assert.Equal(
            ["a", "scrape_duration_seconds", "scrape_samples_post_metric_relabeling", "scrape_samples_scraped",
                "scrape_series_added", "up"],
            StaleNames());
        Assert.Equal(0, _store.LiveSeries);
        Assert.Empty(pool.Snapshot.Active);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_discovery_brings_after_the_job_has_gone_is_not_scraped(bool isDisposed)
    {
        ScrapePool pool = Pool(Job());
        await pool.SyncAsync([Group(_server.Address)]);
        await pool.StopAsync(jobIsGone: true);
        if (isDisposed)
        {
            await pool.DisposeAsync();
        }

        await pool.SyncAsync([Group(_server.Address)]);

        Assert.Empty(pool.Snapshot.Active);
        Assert.Equal(0, _time.WaitingTimers);
        await pool.DisposeAsync();
    }

    [Fact]
    public async Task The_end_of_the_process_leaves_no_markers()
    {
        ScrapePool pool = Pool(Job());
        await pool.SyncAsync([Group(_server.Address)]);
        await ScrapesAsync(pool, 1);
        await pool.DisposeAsync();

        Assert.Empty(StaleNames());
        Assert.Equal(0, _store.LiveSeries);
    }

    [Fact]
    public async Task A_reload_without_changes_keeps_the_loops()
    {
        ScrapeJob job = Job();
        await using ScrapePool pool = Pool(job);
        await pool.SyncAsync([Group(_server.Address)]);
        await ScrapesAsync(pool, 1);
        Target before = Assert.Single(pool.Snapshot.Active);

        await pool.ReloadAsync(job with { CreateClient = static () => throw new InvalidOperationException("not again") });
        await pool.SyncAsync([Group(_server.Address)]);

        Assert.Same(before, Assert.Single(pool.Snapshot.Active));
        await ScrapesAsync(pool, 1);
    }

    [Fact]
    public async Task A_reload_with_changes_restarts_the_loops_without_markers()
    {
        ScrapeJob job = Job();
        await using ScrapePool pool = Pool(job);
        await pool.SyncAsync([Group(_server.Address)]);
        await ScrapesAsync(pool, 1);

        await pool.ReloadAsync(job with
        {
            LoopSignature = "other",
            CacheSignature = "other",
            MetricRelabelRules =
            [
                RelabelRule.Compile(new RelabelConfig { TargetLabel = "new", Replacement = "1" }),
            ],
        });
        await ScrapesAsync(pool, 1);

        Assert.Empty(StaleNames());
        Assert.Equal("1", _store.Scrapes[^1][0].Labels.GetString("new"));
    }

    [Fact]
    public async Task A_reload_that_restarts_a_loop_leaves_its_place_in_the_interval()
    {
        ScrapeJob job = Job();
        await using ScrapePool pool = Pool(job);
        await pool.SyncAsync([Group(_server.Address)]);
        await NextScrapeAsync(1);
        Target before = Assert.Single(pool.Snapshot.Active);

        await pool.ReloadAsync(job with { LoopSignature = "other", CacheSignature = "other" });
        await NextScrapeAsync(2);
        await NextScrapeAsync(3);

        long intervalMs = (long)s_interval.TotalMilliseconds;
        List<long> times = TimesOf("a");
        Assert.InRange(times[1] - times[0], intervalMs - 1, intervalMs + 1);
        Assert.Equal(intervalMs, times[2] - times[1]);
        Assert.Same(before, Assert.Single(pool.Snapshot.Active));
    }

    [Fact]
    public async Task A_reload_that_only_makes_targets_otherwise_leaves_those_that_come_out_the_same()
    {
        ScrapeJob job = Job();
        await using ScrapePool pool = Pool(job);
        await pool.SyncAsync([Group(_server.Address), Group("drop:1")]);
        await UntilAsync(() => _time.WaitingTimers > 1);
        Target kept = pool.Snapshot.Active[0].Url.Host == "drop" ? pool.Snapshot.Active[1] : pool.Snapshot.Active[0];

        await pool.ReloadAsync(job with
        {
            RelabelRules =
            [
                RelabelRule.Compile(new RelabelConfig
                {
                    SourceLabels = ["__address__"], Regex = "drop.*", Action = RelabelAction.Drop,
                }),
            ],
            CreateClient = static () => throw new InvalidOperationException("not again"),
        });

        Assert.Same(kept, Assert.Single(pool.Snapshot.Active));
        Assert.Equal(1, pool.Snapshot.DroppedCount);
    }

    [Fact]
    public async Task A_reload_that_only_fetches_otherwise_keeps_what_is_known_of_the_series()
    {
        await using ScriptedHttpServer server = new(ScriptedResponse.Page("a 1\nb 1\n"), ScriptedResponse.Page("a 1\n"));
        ScrapeJob job = Job();
        await using ScrapePool pool = Pool(job);
        await pool.SyncAsync([Group(server.Address)]);
        await NextScrapeAsync(1);

        await pool.ReloadAsync(job with { LoopSignature = "other" });
        await NextScrapeAsync(2);

        Assert.Equal(["b"], StaleNames());
        Assert.DoesNotContain(_store.Scrapes[1], static sample => sample.Name == "scrape_series_added" && sample.Value != 0);
    }

    [Fact]
    public async Task More_targets_than_the_limit_fail_all_of_them()
    {
        await using ScrapePool pool = Pool(Job() with { TargetLimit = 1 });
        await pool.SyncAsync(
            [Group(_server.Address), Group(_server.Address, Labels.FromStrings("n", "2"))]);
        await ScrapesAsync(pool, 1);

        Assert.All(pool.Snapshot.Active, static target =>
        {
            Assert.Equal(TargetHealth.Down, target.Status.Health);
            Assert.Equal("target_limit exceeded (number of targets: 2, limit: 1)", target.Status.LastError);
        });
        Assert.Empty(_server.Requests);
        Assert.Equal(1, _metrics.ExceededTargetLimit.Value);
    }

    [Fact]
    public async Task The_text_of_the_target_limit_is_the_recorded_one()
    {
        Oracle.Locate("conformance/scrape/recorded.json");
        System.Text.Json.JsonElement scenario = ScrapeCases.Find("recorded.json", "name", "target_limit");
        await using ScrapePool pool = Pool(Job() with { TargetLimit = 1 });
        await pool.SyncAsync([Group(_server.Address), Group(_server.Address, Labels.FromStrings("n", "2"))]);
        await ScrapesAsync(pool, 1);

        string? text = scenario.GetProperty("recorded").GetProperty("targets")[0].GetProperty("last_error").GetString();
        Assert.All(pool.Snapshot.Active, target => Assert.Equal(text, target.Status.LastError));
        Assert.All(_store.Scrapes, static scrape => Assert.Equal(
            ["up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added"],
            scrape.ConvertAll(static sample => sample.Name)));
    }

    [Fact]
    public async Task Extra_metrics_tell_time_out_limit_and_size()
    {
        await using ScrapePool pool = Pool(Job() with
        {
            Loop = new ScrapeLoopOptions { Job = "job", ExtraMetrics = true, SampleLimit = 7 },
        });
        await pool.SyncAsync([Group(_server.Address)]);
        await NextScrapeAsync(1);

        Assert.Equal(s_interval.TotalSeconds, ValueOf("scrape_timeout_seconds"));
        Assert.Equal(7, ValueOf("scrape_sample_limit"));
        Assert.Equal("a 1\n".Length, ValueOf("scrape_body_size_bytes"));

        double ValueOf(string name) => Assert.Single(_store.Scrapes[0], sample => sample.Name == name).Value;
    }

    [Fact]
    public async Task Targets_that_relabelling_drops_are_shown_as_many_as_are_kept()
    {
        ScrapeJob job = Job() with
        {
            KeepDroppedTargets = 1,
            RelabelRules =
            [
                RelabelRule.Compile(new RelabelConfig
                {
                    SourceLabels = ["__address__"],
                    Regex = "drop.*",
                    Action = RelabelAction.Drop,
                }),
            ],
        };
        await using ScrapePool pool = Pool(job);
        await pool.SyncAsync([Group("drop1:1"), Group("drop2:1")]);

        Assert.Equal(2, pool.Snapshot.DroppedCount);
        Assert.Equal("drop1:1", Assert.Single(pool.Snapshot.Dropped).GetString("__address__"));
    }

    [Fact]
    public async Task The_same_target_from_two_groups_is_scraped_once()
    {
        await using ScrapePool pool = Pool(Job());
        await pool.SyncAsync([Group(_server.Address), Group(_server.Address)]);

        Assert.Single(pool.Snapshot.Active);
    }

    [Fact]
    public async Task A_target_that_does_not_answer_in_time_is_down()
    {
        TaskCompletionSource asked = new();
        await using ScriptedHttpServer silent = new(async request =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, TestContext.Current.CancellationToken);
            return ScriptedResponse.Page(request.Target);
        });
        await using ScrapePool pool = Pool(Job());
        await pool.SyncAsync([Group(silent.Address)]);
        while (_time.WaitingTimers == 0)
        {
            await Task.Yield();
        }

        _time.Advance(s_interval);
        await asked.Task;
        _time.Advance(s_interval);
        Target target = Assert.Single(pool.Snapshot.Active);
        while (target.Status.Health == TargetHealth.Unknown)
        {
            await Task.Yield();
        }

        Assert.Equal($"Get \"http://{silent.Address}/metrics\": context deadline exceeded", target.Status.LastError);
    }

    private static ScrapeJob Job() => ScrapeJobs.Create() with
    {
        LoopSignature = "one",
        Interval = s_interval,
        Timeout = s_interval,
    };

    private static TargetGroup Group(string address, Labels? labels = null) =>
        new(address, [Labels.FromStrings("__address__", address)], labels ?? Labels.Empty);

    private ScrapePool Pool(ScrapeJob job) => new(job, _store, _metrics, _time, NullLogger.Instance);

    /// <summary>Moves the clock from scrape to scrape; it stands still while a page is fetched.</summary>
    private async Task ScrapesAsync(ScrapePool pool, int count)
    {
        int loops = pool.Snapshot.Active.Count;
        for (int scrape = 0; scrape < count; scrape++)
        {
            int stored = Stored();
            while (_time.WaitingTimers < loops)
            {
                await Task.Yield();
            }

            _time.Advance(s_interval);
            while (Stored() < stored + loops)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>Moves the clock exactly to the next scrape and waits until so many were stored.</summary>
    private async Task NextScrapeAsync(int stored)
    {
        await UntilAsync(() => _time.WaitingTimers > 0);
        _time.AdvanceToNextTimer();
        await UntilAsync(() => Stored() == stored);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }

    private int Stored() => _store.Scrapes.Count;

    private List<long> TimesOf(string name)
    {
        List<long> times = [];
        foreach (List<RecordedSample> scrape in _store.Scrapes)
        {
            foreach (RecordedSample sample in scrape)
            {
                if (sample.Name == name)
                {
                    times.Add(sample.TimestampMs);
                }
            }
        }

        return times;
    }

    private List<string> StaleNames()
    {
        List<string> names = [];
        foreach (List<RecordedSample> scrape in _store.Scrapes)
        {
            names.AddRange(scrape.FindAll(static sample => sample.IsStale).ConvertAll(static sample => sample.Name));
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
