using AmpEdge.Agent.Discovery;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class DiscoveryManagerTests
{
    private readonly Dictionary<string, string> _handed = [];
    private readonly MetricRegistry _registry = new();
    private readonly ManualTime _time = new();
    private string _refused = "";

    [Fact]
    public async Task A_reload_keeps_what_was_found_until_its_successor_has_looked()
    {
        await using DiscoveryManager manager = Manager();
        LateDiscoverer first = new();
        await ApplyAsync(manager, ("first", first));
        Assert.Equal("", _handed["job"]);
        first.Report("old:1");
        await manager.HandOverAsync();
        Assert.Equal("old:1", _handed["job"]);

        LateDiscoverer second = new();
        await ApplyAsync(manager, ("second", second));
        Assert.Equal("old:1", _handed["job"]);
        LateDiscoverer third = new();
        await ApplyAsync(manager, ("third", third));
        Assert.Equal("old:1", _handed["job"]);

        third.Report("new:1");
        await manager.HandOverAsync();
        Assert.Equal("new:1", _handed["job"]);
    }

    [Fact]
    public async Task Updates_are_counted_with_their_time_and_those_that_had_to_wait()
    {
        const string LastUpdate = "prometheus_sd_last_update_timestamp_seconds{name=\"scrape\",config=\"job\"}";
        await using DiscoveryManager manager = Manager();
        LateDiscoverer discoverer = new();
        await ApplyAsync(manager, ("one", discoverer));
        double start = _time.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(start, Value(LastUpdate));
        Assert.Equal(0, Value("prometheus_sd_updates_delayed_total{name=\"scrape\"}"));

        _time.Advance(TimeSpan.FromSeconds(5));
        _refused = "job";
        discoverer.Report("a:1");
        await manager.HandOverAsync();
        Assert.Equal(1, Value("prometheus_sd_updates_delayed_total{name=\"scrape\"}"));
        Assert.Equal(start, Value(LastUpdate));

        _refused = "";
        await manager.HandOverAsync();
        Assert.Equal("a:1", _handed["job"]);
        Assert.Equal(start + 5, Value(LastUpdate));
    }

    [Fact]
    public async Task What_was_found_before_a_reload_ends_with_a_successor_that_fails_for_good()
    {
        await using DiscoveryManager manager = Manager();
        LateDiscoverer first = new();
        await ApplyAsync(manager, ("first", first));
        first.Report("old:1");
        LateDiscoverer second = new();
        await ApplyAsync(manager, ("second", second));
        Assert.Equal("old:1", _handed["job"]);

        second.Fail();
        await manager.HandOverAsync();

        Assert.Equal("", _handed["job"]);
        Assert.Empty(manager.WaitingJobs());
    }

    [Fact]
    public async Task What_no_mechanism_follows_ends_with_the_reload()
    {
        await using DiscoveryManager manager = Manager();
        LateDiscoverer stays = new();
        LateDiscoverer goes = new();
        await ApplyAsync(manager, ("stays", stays), ("goes", goes));
        stays.Report("a:1");
        goes.Report("b:1");
        await manager.HandOverAsync();
        Assert.Equal("a:1 b:1", _handed["job"]);

        await ApplyAsync(manager, ("stays", stays));

        Assert.Equal("a:1", _handed["job"]);
    }

    [Fact]
    public async Task A_job_that_does_not_take_its_targets_is_tried_again_and_holds_up_no_other()
    {
        await using DiscoveryManager manager = Manager();
        _refused = "bad";
        await manager.ApplyAsync([Static("bad", "a:1"), Static("good", "b:1")]);

        await manager.HandOverAsync();
        Assert.Equal("b:1", Assert.Single(_handed).Value);

        _refused = "";
        await manager.HandOverAsync();
        Assert.Equal("a:1", _handed["bad"]);
    }

    [Fact]
    public async Task A_job_shows_how_its_discoverers_fare()
    {
        ManualTime time = new();
        await using DiscoveryManager manager = Manager();
        using ScriptedSource source = new(static _ => throw new DiscoveryException("away"));
        DiscoveryMetrics metrics = new(new MetricRegistry());
        RefreshDiscoverer refresh = new(source, "job", metrics, time, new Random(1), NullLogger.Instance);
        await manager.ApplyAsync([new DiscoveryJob("job", [new("r", () => refresh), new("s", () => new StaticDiscoverer([]))])]);
        Assert.Null(Assert.Single(manager.StatusOf("job")).LastLook);

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("away", Assert.Single(manager.StatusOf("job")).Problem);
        Assert.Empty(manager.StatusOf("other"));
        Assert.Equal(["job"], manager.WaitingJobs());
    }

    private DiscoveryManager Manager() => new(
        (job, groups) =>
        {
            List<string> addresses = [];
            foreach (TargetGroup group in groups)
            {
                addresses.AddRange(Array.ConvertAll([.. group.Targets], static target => target.GetString("__address__")));
            }

            if (job == _refused)
            {
                throw new InvalidOperationException("not now");
            }

            _handed[job] = string.Join(' ', addresses);
            return Task.CompletedTask;
        },
        new DiscoveryMetrics(_registry), _time, NullLogger.Instance);

    private double Value(string name) => MetricText.ValueOf(_registry, name);

    private static DiscoveryJob Static(string job, string address) => new(
        job,
        [new(job, () => new StaticDiscoverer([new TargetGroup("s", [Labels.FromStrings("__address__", address)], Labels.Empty)]))]);

    private static async Task ApplyAsync(DiscoveryManager manager, params (string Signature, IDiscoverer Discoverer)[] discoverers)
    {
        List<KeyValuePair<string, Func<IDiscoverer>>> made = [];
        foreach ((string signature, IDiscoverer discoverer) in discoverers)
        {
            made.Add(new(signature, () => discoverer));
        }

        await manager.ApplyAsync([new DiscoveryJob("job", made)]);
        await manager.HandOverAsync();
    }

    private sealed class LateDiscoverer : IDiscoverer
    {
        private readonly TaskCompletionSource _failed = new();
        private Action<IReadOnlyList<TargetGroup>> _report = static _ => { };

        public void Fail() => _failed.SetException(new InvalidOperationException("for good"));

        public void Report(string address) =>
            _report([new TargetGroup("s", [Labels.FromStrings("__address__", address)], Labels.Empty)]);

        public Task RunAsync(Action<IReadOnlyList<TargetGroup>> report, CancellationToken stop)
        {
            _report = report;
            return _failed.Task.WaitAsync(stop);
        }
    }
}
