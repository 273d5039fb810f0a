using System.Linq;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Usage;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Proxy.Tests.Usage;

public sealed class UsageObserverTests
{
    private const string Workspace = "ws-1";
    private const string Path = "/workspaces/ws-1/api/v1/";

    [Fact]
    public async Task A_metric_is_unused_until_something_reads_it()
    {
        using UsageUnderTest usage = new();
        await usage.StartAsync();
        usage.Write(Workspace, "a x=1", "a x=2", "b x=1", "c x=1", "d x=1", "e_total x=1", "e_sum x=1");
        usage.Get(Path + "query", "?query=rate(a%5B5m%5D)");
        usage.Get(Path + "query_range", "?query=a+%2B+b&start=1&end=2&step=1");
        usage.Get(Path + "series", "?match%5B%5D=%7B__name__%3D~%22e_t.*%22%7D");
        usage.Post(Path + "labels", "match[]=c&match[]=a");
        usage.Get(Path + "label/job/values", "?match[]=c");
        UsageReport report = await usage.StopAsync();

        Assert.Equal(
            """
            a: query×1 query_range×1 labels×1
            b: query_range×1
            c: labels×2
            d: unused
            e_sum: unused
            e_total: series×1
            """.ReplaceLineEndings("\n"),
            UsageUnderTest.Summary(report));
        Assert.Equal(2, Row(report, "a").Series);
        Assert.Equal((6, 2), (report.Total.Metrics, report.Unused.Metrics));
        Assert.True(Row(report, "d").MonthlySaving > 0);
        Assert.Null(Row(report, "d").LastRead);
    }

    [Fact]
    public async Task Both_versions_of_remote_write_are_read_and_their_series_counted_once()
    {
        using UsageUnderTest usage = new();
        await usage.StartAsync();
        RequestTarget target = new(Path + "remote_write", "");
        for (int round = 0; round < 3; round++)
        {
            usage.Observer.Observe("POST", target, WrittenBody.ContentTypeV2, "snappy", WrittenBody.V2("two x=1", "two x=2", "two x=3"));
            usage.Write(Workspace, "one x=1", "one x=2");
        }

        usage.Observer.Observe("POST", target, "application/x-protobuf", "snappy", [1, 2, 3]);
        usage.Observer.Observe("POST", target, "application/x-protobuf", "gzip", WrittenBody.V1("three"));
        UsageReport report = await usage.StopAsync();

        Assert.Equal("one: unused\ntwo: unused", UsageUnderTest.Summary(report));
        Assert.Equal((2, 3), (Row(report, "one").Series, Row(report, "two").Series));
        Assert.Contains("ampedge_proxy_usage_writes_total{result=\"decoded\"} 6", usage.Metrics(), StringComparison.Ordinal);
        Assert.Contains("ampedge_proxy_usage_writes_total{result=\"unreadable\"} 2", usage.Metrics(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rates_are_those_of_the_time_watched()
    {
        using UsageUnderTest usage = new();
        await usage.StartAsync();
        for (int second = 0; second < 600; second += 10)
        {
            usage.Write(Workspace, "a x=1", "a x=2");
            usage.Time.Advance(TimeSpan.FromSeconds(10));
        }

        UsageReport report = await usage.StopAsync();

        Assert.Equal(TimeSpan.FromMinutes(10), report.Watched);
        Assert.Equal(0.2, Row(report, "a").SamplesPerSecond, 6);
        Assert.Equal(new PriceTable().Total(0.2), Row(report, "a").MonthlyCost, 6);
    }

    [Fact]
    public async Task A_read_of_everything_is_told_apart_from_a_reader()
    {
        using UsageUnderTest usage = new();
        await usage.StartAsync();
        usage.Write(Workspace, "a", "b");
        usage.Get(Path + "query", "?query=count(%7B__name__%3D~%22.%2B%22%7D)");
        usage.Get("/workspaces/ws-1/federate", "?match[]=%7Bjob%3D%22x%22%7D&match[]=b");
        UsageReport report = await usage.StopAsync();

        Assert.Equal("a: unused\nb: federate×1", UsageUnderTest.Summary(report));
        Assert.Equal(
            ["{__name__=~\".+\"} Query", "{job=\"x\"} Federate"],
            [.. report.OpenReads.Select(static read => $"{read.Selector} {read.Readers[0].Kind}")]);
    }

    [Fact]
    public async Task Workspaces_are_told_apart()
    {
        using UsageUnderTest usage = new();
        await usage.StartAsync();
        usage.Write("ws-1", "a");
        usage.Write("ws-2", "a");
        usage.Get("/workspaces/ws-2/api/v1/query", "?query=a");
        UsageReport report = await usage.StopAsync();

        Assert.Equal(["ws-1 unused", "ws-2 read"], [.. report.Metrics.Select(static row => $"{row.Workspace} {(row.IsUnused ? "unused" : "read")}")]);
        Assert.Contains("write_relabel_configs: []", UsageDropRules.Of(report, null, 0), StringComparison.Ordinal);
        Assert.Contains("regex: 'a'", UsageDropRules.Of(report, "ws-1", 0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_that_pass_in_either_direction_are_readers()
    {
        const string rules = "groups:\n- name: g\n  rules:\n  - {record: r, expr: sum(up)}\n  - {alert: A, expr: load > 1}\n";
        using UsageUnderTest usage = new();
        await usage.StartAsync();
        usage.Write(Workspace, "up", "load", "from_answer", "unread");
        string upload = $"{{\"data\":\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(rules))}\"}}";
        usage.Observer.Observe(
            "PUT", new RequestTarget("/workspaces/ws-1/rulegroupsnamespaces/n", ""), "application/json", "", Encoding.UTF8.GetBytes(upload));
        RequestTarget fetch = new(Path + "rules", "");
        Assert.True(UsageObserver.WantsAnswer("GET", fetch));
        byte[] answer = Encoding.UTF8.GetBytes(
            """{"status":"success","data":{"groups":[{"rules":[{"type":"recording","name":"x","query":"max(from_answer)"}]}]}}""");
        usage.Observer.ObserveAnswer("GET", fetch, "", answer);
        usage.Observer.ObserveAnswer("GET", fetch, "gzip", Gzip(answer));
        UsageReport report = await usage.StopAsync();

        Assert.Equal("from_answer: rule×2\nload: rule×1\nunread: unused\nup: rule×1", UsageUnderTest.Summary(report));
    }

    [Fact]
    public async Task Rule_and_dashboard_files_read_from_every_workspace()
    {
        string folder = Directory.CreateTempSubdirectory("ampedge-usage-").FullName;
        try
        {
            await File.WriteAllTextAsync(System.IO.Path.Combine(folder, "a.yml"), "groups: [{name: g, rules: [{record: r, expr: 'sum(load)'}]}]");
            await File.WriteAllTextAsync(System.IO.Path.Combine(folder, "b.yml"), "groups: [");
            UsageConfig config = new()
            {
                Enable = true,
                Rules = [System.IO.Path.Combine(folder, "*.yml")],
                Dashboards = [Oracle.TestData("usage/dashboard.json")],
            };
            using UsageUnderTest usage = new(config);
            await usage.StartAsync();
            usage.Write("ws-1", "load", "queue_x_depth", "unread");
            usage.Write("ws-2", "load");
            UsageReport report = await usage.StopAsync();

            Assert.Equal("load: rule_file×1\nqueue_x_depth: dashboard_file×1\nunread: unused", UsageUnderTest.Summary(report));
            Assert.Contains("b.yml cannot be read, so what it reads may look unused", usage.Log, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_restart_keeps_what_is_known_and_watches_on()
    {
        MemoryFileSystem disk = new();
        ManualTime time = new();
        using (UsageUnderTest first = new(null, disk, time))
        {
            await first.StartAsync();
            first.Write(Workspace, "a x=1", "b");
            first.Get(Path + "query", "?query=b");
            time.Advance(TimeSpan.FromMinutes(5));
            await first.StopAsync();
        }

        time.Advance(TimeSpan.FromDays(1));
        using UsageUnderTest second = new(null, disk, time);
        await second.StartAsync();
        second.Write(Workspace, "a x=2");
        time.Advance(TimeSpan.FromMinutes(5));
        UsageReport report = await second.StopAsync();

        Assert.Equal("a: unused\nb: query×1", UsageUnderTest.Summary(report));
        Assert.Equal((1, TimeSpan.FromMinutes(10), 2L), (report.Observers, report.Watched, Row(report, "a").Series));
        Assert.Contains("2 metrics known from /state/usage.state, watched for 00:05:00", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_is_saved_while_running_and_two_proxies_do_not_share_a_file()
    {
        using UsageUnderTest usage = new();
        await usage.StartAsync();
        usage.Time.Advance(TimeSpan.FromSeconds(75));
        await UntilAsync(() => usage.Disk.FileExists(UsageUnderTest.StateFile));

        using UsageUnderTest other = new(null, usage.Disk);
        StartFailedException refused = await Assert.ThrowsAsync<StartFailedException>(other.StartAsync);
        Assert.Contains("give every replica a file of its own and merge them", refused.Message, StringComparison.Ordinal);
        await usage.StopAsync();
    }

    [Fact]
    public async Task A_damaged_file_is_set_aside_and_said()
    {
        MemoryFileSystem disk = new();
        disk.CreateFolder("/state");
        using (IFile file = disk.Create(UsageUnderTest.StateFile))
        {
            file.Write(0, "AEUSAGE1 and something else that is no state"u8);
        }

        using UsageUnderTest usage = new(null, disk);
        await usage.StartAsync();
        UsageReport report = await usage.StopAsync();

        Assert.Empty(report.Metrics);
        Assert.Contains("/state/usage.state is damaged (its checksum does not fit its content)", usage.Log, StringComparison.Ordinal);
        Assert.Contains("usage.state.damaged-20260101T000000Z", disk.List("/state"));
    }

    [Fact]
    public async Task A_disk_that_refuses_is_counted_and_said_once()
    {
        FaultyFileSystem disk = new();
        using UsageUnderTest usage = new(null, disk);
        await usage.StartAsync();
        disk.FailingSyncs = 1;
        usage.Time.Advance(TimeSpan.FromSeconds(75));
        await UntilAsync(() => usage.Metrics().Contains("save_failures_total 1", StringComparison.Ordinal));

        Assert.Contains("/state/usage.state could not be written: ", usage.Log, StringComparison.Ordinal);
        await usage.StopAsync();
    }

    [Fact]
    public async Task Reads_age_until_a_metric_is_unused_and_is_forgotten_at_last()
    {
        using UsageUnderTest usage = new(new UsageConfig { Enable = true, UnusedAfter = TimeSpan.FromDays(2) });
        await usage.StartAsync();
        usage.Write(Workspace, "a", "gone");
        usage.Get(Path + "query", "?query=a");
        await UntilAsync(() => usage.Observer.Report().Metrics is [{ IsUnused: true, Name: "gone" }, { IsUnused: false }]);

        usage.Time.Advance(TimeSpan.FromDays(1.5));
        usage.Write(Workspace, "a");
        await UntilAsync(() => usage.Observer.Report().Metrics is [_, { IsUnused: false } a] && a.LastWritten == usage.Time.GetUtcNow());
        usage.Time.Advance(TimeSpan.FromDays(1));
        UsageReport report = await usage.StopAsync();

        Assert.Equal("a: unused", UsageUnderTest.Summary(report));
    }

    [Fact]
    public async Task Beyond_the_bounds_things_are_left_out_and_counted()
    {
        using UsageUnderTest usage = new(new UsageConfig { Enable = true, MaxMetrics = 2 });
        await usage.StartAsync();
        usage.Write(Workspace, "a", "b", "c", "c", "d");
        usage.Get(Path + "query", "?query=a%2Bx%2By%2Bz");
        UsageReport report = await usage.StopAsync();

        Assert.Equal("a: query×1\nb: unused", UsageUnderTest.Summary(report));
        Assert.Equal((3, 2), (report.Losses[(int)UsageLoss.MetricsOverBound], report.Losses[(int)UsageLoss.ReadsOverBound]));
        Assert.Contains("ampedge_proxy_usage_over_bound 5", usage.Metrics(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_queue_takes_no_more_writes_but_queries_and_the_next_write_stands_for_the_rest()
    {
        const int written = UsageQueue.MaxWrites + 36;
        using UsageUnderTest usage = new(new UsageConfig { Enable = true, WritesPerSecond = 1_000_000 });
        for (int index = 0; index < written; index++)
        {
            usage.Write(Workspace, "a");
        }

        usage.Get(Path + "query", "?query=b");
        Assert.Contains("ampedge_proxy_usage_writes_total{result=\"queue_full\"} 36", usage.Metrics(), StringComparison.Ordinal);

        await usage.StartAsync();
        await UntilAsync(() => usage.Metrics().Contains("{result=\"decoded\"} 64", StringComparison.Ordinal));
        usage.Write(Workspace, "a", "b");
        usage.Time.Advance(TimeSpan.FromSeconds(100));
        UsageReport report = await usage.StopAsync();

        Assert.Equal("a: unused\nb: query×1", UsageUnderTest.Summary(report));
        Assert.Equal((written + 1) / 100.0, Row(report, "a").SamplesPerSecond, 6);
    }

    [Fact]
    public async Task What_says_nothing_of_use_costs_nothing_and_bad_input_nothing_but_a_count()
    {
        using UsageUnderTest usage = new();
        await usage.StartAsync();
        Gen gen = Gen.Create(3802);
        usage.Get(Path + "status/buildinfo");
        usage.Get("/workspaces");
        for (int round = 0; round < 300; round++)
        {
            string endpoint = gen.Pick("query", "series", "remote_write", "read", "rules", "query_exemplars");
            usage.Observer.Observe(
                gen.Pick("GET", "POST"), new RequestTarget(Path + endpoint, "?query=" + gen.Text("a{}%=\"[]5m+&;", 20)),
                gen.Pick("application/x-www-form-urlencoded", WrittenBody.ContentTypeV2, ""), gen.Pick("", "snappy"),
                gen.Mutate(gen.Bool() ? WrittenBody.V1("a b=c") : WrittenBody.V2("a b=c")));
            usage.Observer.ObserveAnswer(
                "GET", new RequestTarget(gen.Pick(Path + "rules", "/workspaces/w/rulegroupsnamespaces/n"), ""), gen.Pick("", "gzip", "br"),
                gen.Mutate("""{"data":{"groups":[{"rules":[{"query":"up"}]}]}}"""u8));
        }

        await usage.StopAsync();

        Assert.Contains("ampedge_proxy_usage_failures_total 0", usage.Metrics(), StringComparison.Ordinal);
    }

    private static UsageRow Row(UsageReport report, string name) => report.Metrics.Single(row => row.Name == name);

    private static byte[] Gzip(byte[] content)
    {
        MemoryStream target = new();
        using (System.IO.Compression.GZipStream gzip = new(target, System.IO.Compression.CompressionMode.Compress))
        {
            gzip.Write(content);
        }

        return target.ToArray();
    }

    /// <summary>The observer's tasks are their own: what they did is awaited, whatever the machine's speed.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
