using System.Globalization;
using System.Linq;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tests.Support.Kubernetes;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

/// <summary>Lists and watches against a server that misbehaves in every recorded way.</summary>
public sealed class ResourceWatchTests
{
    private static readonly TimeSpan s_retries = TimeSpan.FromSeconds(46);

    public static TheoryData<string> PassingErrors => new(
        "errors/401-bad-token", "errors/403-list", "errors/404-group", "errors/404-version", "errors/429-flowcontrol",
        "errors/etcd-gone-list", "errors/start-list-pods-403", "errors/start-readyz-500", "errors/list-pods-rv-too-large",
        "errors/500-watch-rv-malformed");

    [Theory]
    [MemberData(nameof(PassingErrors))]
    public async Task An_error_that_passes_delays_the_first_list_and_no_more(string error)
    {
        await using DiscoveryWorld world = new();
        world.Server.Add(ReplayFault.Recorded(error, times: 3));

        FoundTargets found = world.Start("{role: service}");

        await ExpectAsync(world, found, "s1", "service");
        Assert.Equal(3, world.Metric("prometheus_sd_kubernetes_failures_total"));
        Assert.Equal(0, world.Metric("ampedge_sd_kubernetes_watches_failing"));
        Assert.Contains(world.Log.Lines, static line => line.StartsWith("Error kubernetes: list of services: status ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(PassingErrors))]
    public async Task An_error_of_a_watch_keeps_what_is_known_and_misses_nothing(string error)
    {
        await using DiscoveryWorld world = new();
        FoundTargets found = world.Start("{role: service}");
        await ExpectAsync(world, found, "s1", "service");
        await world.UntilAsync(() => world.Server.OpenWatches == 1, static () => "no watch");

        world.Server.Add(ReplayFault.Recorded(error, times: 2));
        world.Server.EndWatches(cut: true);
        await world.UntilAsync(() => world.Metric("ampedge_sd_kubernetes_watches_failing") == 1, static () => "no failure shows");
        Assert.Equal(ExpectedTargets.Read("s1", "service").Targets, found.Targets());
        world.Cluster.Advance();

        await ExpectAsync(world, found, "s2", "service");
    }

    [Fact]
    public async Task A_connection_that_is_closed_without_a_byte_or_a_server_that_is_away_is_asked_again()
    {
        await using DiscoveryWorld world = new();
        world.Server.Add(new ReplayFault { Times = 2 });
        FoundTargets found = world.Start("{role: node}");
        await ExpectAsync(world, found, "s1", "node");

        await world.Server.StopAsync();
        world.Cluster.Advance();
        await world.UntilAsync(() => world.Metric("prometheus_sd_kubernetes_failures_total") >= 5, static () => "no failures", s_retries);
        Assert.Equal(ExpectedTargets.Read("s1", "node").Targets, found.Targets());
        world.Server.Start();

        await ExpectAsync(world, found, "s2", "node");
    }

    [Fact]
    public async Task A_failure_that_nobody_foresaw_does_not_end_the_watch()
    {
        FailingHandler? handler = null;
        await using DiscoveryWorld world = new(around: inner => handler = new FailingHandler(inner) { Failures = 2 });
        FoundTargets found = world.Start("{role: node}");
        await ExpectAsync(world, found, "s1", "node");
        Assert.Contains(
            world.Log.Lines, static line => line.Contains("nodes: ObjectDisposedException: ", StringComparison.Ordinal));

        handler!.Failures = 1;
        world.Server.EndWatches(cut: true);
        await world.UntilAsync(() => handler.Failures <= 0, static () => "nothing is asked again", s_retries);
        world.Cluster.Advance();

        await ExpectAsync(world, found, "s2", "node");
    }

    [Fact]
    public async Task A_server_that_never_replies_is_given_up_in_time()
    {
        await using DiscoveryWorld world = new();
        world.Server.Add(new ReplayFault { Hangs = true });

        FoundTargets found = world.Start("{role: node}");

        await ExpectAsync(world, found, "s1", "node", TimeSpan.FromSeconds(75));
        Assert.Contains(world.Log.Lines, static line => line.Contains("nothing came for 75 s", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_watch_that_ends_goes_on_from_the_last_version_without_a_list(bool cut)
    {
        await using DiscoveryWorld world = new();
        FoundTargets found = world.Start("{role: pod}");
        await ExpectAsync(world, found, "s1", "pod");

        double seen = 21;
        while (world.Cluster.AdvanceTo("/api/v1/pods"))
        {
            seen++;
            await world.UntilAsync(() => world.EventsSeen("pod") == seen, static () => "a change is not seen", s_retries);
            int requests = world.Server.Requests.Count;
            world.Server.EndWatches(cut);
            await world.UntilAsync(
                () => world.Server.Requests.Count > requests && world.Server.OpenWatches == 1, static () => "no new watch", s_retries);
        }

        await ExpectAsync(world, found, "s2", "pod");
        Assert.Single(world.Server.Requests, static request => !request.Target.Contains("watch=true", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bookmark_moves_the_version_on()
    {
        await using DiscoveryWorld world = new();
        FoundTargets found = world.Start("{role: ingress}");
        await ExpectAsync(world, found, "s1", "ingress");
        await world.UntilAsync(() => world.Server.OpenWatches == 1, static () => "no watch");

        world.Cluster.Change("/api/v1/nodes", "ADDED", """{"metadata":{"name":"other"}}""");
        world.Server.SendBookmarks();
        world.Cluster.Change("/apis/networking.k8s.io/v1/ingresses", "ADDED", """{"metadata":{"name":"late","namespace":"x"},"spec":{"rules":[{"host":"h"}]}}""");
        await world.UntilAsync(() => found.Targets().Count == 9, static () => "the change is not seen");
        world.Server.SendBookmarks();
        world.Server.EndWatches();
        string resumed = $"resourceVersion={world.Cluster.Version.ToString(CultureInfo.InvariantCulture)}&";

        await world.UntilAsync(
            () => world.Server.Requests.Any(request => request.Target.Contains(resumed, StringComparison.Ordinal)),
            () => string.Join('\n', world.Server.Requests.Select(static request => request.Target)), s_retries);
    }

    [Fact]
    public async Task What_went_while_the_version_expired_is_gone_after_the_new_list()
    {
        await using DiscoveryWorld world = new();
        FoundTargets found = world.Start("{role: pod, attach_metadata: {node: true}}");
        await ExpectAsync(world, found, "s1", "pod.attach-node");
        await world.UntilAsync(() => world.Server.OpenWatches == 2, static () => "no watches");

        await world.Server.StopAsync();
        world.Cluster.Advance();
        world.Cluster.Compact();
        world.Server.Start();

        await ExpectAsync(world, found, "s2", "pod.attach-node");
        Assert.True(world.Metric("ampedge_sd_kubernetes_failures_total{role=\"pod\",reason=\"410\"}") >= 1, world.Metrics.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Lists_come_in_pages(int pageSize)
    {
        await using DiscoveryWorld world = new();
        world.Server.MaxPage = pageSize;

        await ExpectAsync(world, world.Start("{role: pod}"), "s1", "pod");
        Assert.Equal((21 + pageSize - 1) / pageSize, world.Server.Requests.Count(static request => request.Target.Contains("limit=500", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_page_whose_token_expired_begins_the_list_anew()
    {
        await using DiscoveryWorld world = new();
        world.Server.MaxPage = 8;
        world.Server.Add(ReplayFault.Recorded(
            "errors/410-list-continue", static target => target.Contains("continue=page-2", StringComparison.Ordinal)));

        await ExpectAsync(world, world.Start("{role: pod}"), "s1", "pod");
    }

    [Fact]
    public async Task Byte_by_byte_is_as_good_as_in_one_piece()
    {
        await using DiscoveryWorld world = new();
        world.Server.MaxChunkBytes = 1;
        FoundTargets found = world.Start("{role: ingress}");
        await ExpectAsync(world, found, "s1", "ingress");

        world.Cluster.Advance();

        await ExpectAsync(world, found, "s2", "ingress");
    }

    [Fact]
    public async Task An_object_that_cannot_be_read_costs_no_other_its_targets()
    {
        await using DiscoveryWorld world = new();
        FoundTargets found = world.Start("{role: service}");
        await ExpectAsync(world, found, "s1", "service");

        world.Cluster.Change("/api/v1/services", "MODIFIED", """{"metadata":{"name":"web","namespace":"shop"},"spec":{"ports":"none"}}""");
        world.Cluster.Change("/api/v1/services", "ADDED", """{"metadata":{"name":"next","namespace":"shop"},"spec":{"ports":[{"port":1}]}}""");

        await world.UntilAsync(() => found.Targets().Count == 19, static () => "the next service is not found");
        Assert.Equal(1, world.Metric("ampedge_sd_kubernetes_failures_total{role=\"service\",reason=\"object\"}"));
        world.Cluster.Compact();
        world.Server.EndWatches();
        await world.UntilAsync(() => world.Metric("ampedge_sd_kubernetes_failures_total{role=\"service\",reason=\"object\"}") == 2, static () => "no new list", s_retries);
        Assert.Equal(19, found.Targets().Count);
    }

    [Fact]
    public async Task A_warning_of_the_server_is_logged_once()
    {
        await using DiscoveryWorld world = new();
        world.Server.Warning = "299 - \"v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\"";
        await ExpectAsync(world, world.Start("{role: endpoints}"), "s1", "endpoints");
        await world.UntilAsync(() => world.Server.OpenWatches == 3, static () => "no watches");

        Assert.Single(world.Log.Lines, static line => line.Contains("is deprecated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_was_replaced_is_taken_up_after_a_refusal()
    {
        await using DiscoveryWorld world = new();
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "old");
        world.Server.Token = "new";
        FoundTargets found = world.Start($"{{role: node, authorization: {{credentials_file: {file}}}}}", withToken: false);
        await world.UntilAsync(() => world.Metric("prometheus_sd_kubernetes_failures_total") >= 1, static () => "no refusal");

        await File.WriteAllTextAsync(file, "new");

        await ExpectAsync(world, found, "s1", "node");
        File.Delete(file);
    }

    [Fact]
    public async Task The_server_is_asked_what_prometheus_asks()
    {
        await using DiscoveryWorld world = new();
        List<FoundTargets> found = [];
        foreach (string name in RecordedClusterTests.Names)
        {
            found.Add(world.Start(ExpectedTargets.Read("s1", name).Entry));
        }

        await world.UntilAsync(
            () => found.TrueForAll(static one => one.Reports > 0) && world.Server.OpenWatches == 16, static () => "not all watch");
        List<string> asked = [.. world.Server.Requests.Select(static request => Normal(request.Target))];
        asked.Sort(StringComparer.Ordinal);

        Assert.Equal(PrometheusRequests(), asked);
    }

    private static List<string> PrometheusRequests()
    {
        using System.Text.Json.JsonDocument file = System.Text.Json.JsonDocument.Parse(
            File.ReadAllText(Oracle.Locate("kubernetes/expected/prometheus-requests.json")));
        List<string> targets = [];
        foreach (System.Text.Json.JsonElement request in file.RootElement.GetProperty("requests").GetProperty("list_then_watch").EnumerateArray())
        {
            // Each once: jobs that want the same share it here.
            targets.Add(Normal(request.GetProperty("target").GetString() ?? ""));
        }

        targets.Sort(StringComparer.Ordinal);
        return targets;
    }

    /// <summary>Without what is random, and decoded: Go writes a space as a plus.</summary>
    private static string Normal(string target)
    {
        string[] parts = target.Split('?', 2);
        List<string> query = [];
        foreach (string pair in parts[1].Split('&'))
        {
            string name = pair[..pair.IndexOf('=', StringComparison.Ordinal)];
            if (name is "timeoutSeconds" || (name == "resourceVersion" && pair != "resourceVersion=0"))
            {
                query.Add(name);
            }
            else if (name != "timeout")
            {
                query.Add(Uri.UnescapeDataString(pair.Replace('+', ' ')));
            }
        }

        return parts[0] + "?" + string.Join('&', query);
    }

    private static Task ExpectAsync(DiscoveryWorld world, FoundTargets found, string state, string name, TimeSpan? within = null)
    {
        ExpectedTargets expected = ExpectedTargets.Read(state, name);
        return world.UntilAsync(
            () => found.Targets().SequenceEqual(expected.Targets),
            () => $"{state} {name}: {expected.Differences(found.Targets())}",
            within ?? s_retries);
    }

    /// <summary>Fails as no handler says that it would.</summary>
    private sealed class FailingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private int _failures;

        public int Failures { get => Volatile.Read(ref _failures); set => Volatile.Write(ref _failures, value); }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Interlocked.Decrement(ref _failures) >= 0
                ? throw new ObjectDisposedException("a handler")
                : base.SendAsync(request, cancellationToken);
    }
}
