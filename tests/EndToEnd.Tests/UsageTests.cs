using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>A peer writes, others read, and the proxy between tells what nobody reads.</summary>
public sealed class UsageTests
{
    private const string Page =
        """
        read_by_query{a="1"} 1
        read_by_promtool_total 2
        read_by_pattern_x 3
        read_by_selector 4
        read_by_rule 5
        read_by_dashboard 6
        never_read{a="1"} 7
        never_read{a="2"} 8
        never_read_too 9

        """;

    [Fact]
    public async Task What_is_written_through_the_proxy_and_never_queried_is_named_also_after_a_restart_and_a_merge()
    {
        using WorkingFolder folder = new();
        using ScriptedTarget target = new(static _ => Page);
        await using RunningProgram server = await Pipeline.StartServerAsync(folder);
        string state = folder.At("usage.state");
        string[] flags = UsageFlags(folder, state);
        int admin = Ports.Free();
        await using RunningProgram proxy = await Pipeline.StartProxyAsync(server, adminListen: admin, flags: flags);
        await using RunningProgram prometheus = await Pipeline.StartPrometheusAsync(folder, Scrape(target, proxy));
        QueryClient query = new(proxy, Pipeline.ApiPrefix);
        await Eventually.TrueAsync(
            async () => await query.ScalarAsync("read_by_query") == 1,
            () => proxy.Describe(prometheus.Describe("no sample came through the proxy")));

        string address = $"http://{proxy.Address}{Pipeline.ApiPrefix}";
        await Promtool.RunAsync("query", "range", address, "rate(read_by_promtool_total[1m])");
        await Promtool.RunAsync("query", "series", "--match", "read_by_selector", address);
        await proxy.GetAsync(Pipeline.ApiPrefix + "/api/v1/query?query=sum(%7B__name__%3D~%22read_by_pattern_.%2B%22%7D)");
        await proxy.GetAsync(Pipeline.ApiPrefix + "/api/v1/query?query=count(%7Bjob%3D%22usage%22%7D)");
        const string unread = "never_read never_read_too scrape_duration_seconds scrape_samples_post_metric_relabeling "
            + "scrape_samples_scraped scrape_series_added up";
        await ExpectUnusedAsync(proxy, admin, unread);

        string rules = await GetAsync(admin, "/api/v1/usage/drop_rules?workspace=" + Pipeline.Workspace);
        Assert.Contains($"regex: '{unread.Replace(' ', '|')}'", rules, StringComparison.Ordinal);
        Assert.Contains("""{job=&quot;usage&quot;}""", await GetAsync(admin, "/usage"), StringComparison.Ordinal);
        Assert.Equal(0, await proxy.StopAsync());

        // Another replica has seen another reader.
        string otherState = folder.At("other.state");
        int otherAdmin = Ports.Free();
        await using RunningProgram other = await Pipeline.StartProxyAsync(
            server, adminListen: otherAdmin, flags: ["--usage.enable", $"--usage.state-file={otherState}"]);
        await other.GetAsync(Pipeline.ApiPrefix + "/api/v1/query?query=never_read_too");
        await Eventually.TrueAsync(
            async () => (await GetAsync(otherAdmin, "/metrics")).Contains("usage_reads_total{result=\"read\"} 1", StringComparison.Ordinal),
            () => other.Describe("the query was not taken note of"));
        Assert.Equal(0, await other.StopAsync());
        Assert.Equal(0, await RunAsync("usage", "merge", state, otherState, "--output", folder.At("merged.state")));

        await using RunningProgram again = await Pipeline.StartProxyAsync(server, adminListen: admin, flags: flags);
        await ExpectUnusedAsync(again, admin, unread);
        Assert.Equal(0, await again.StopAsync());

        flags[1] = $"--usage.state-file={folder.At("merged.state")}";
        await using RunningProgram merged = await Pipeline.StartProxyAsync(server, adminListen: admin, flags: flags);
        await ExpectUnusedAsync(merged, admin, unread.Replace("never_read_too ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_enable_there_is_no_page_and_flags_of_usage_are_refused()
    {
        await using RunningProgram proxy = RunningProgram.Start(
            Programs.Proxy, Ports.Free(), ["--usage.state-file=x", "--host", "example.org", "--region", "us-east-1"]);

        await Eventually.TrueAsync(() => Task.FromResult(proxy.HasExited), () => proxy.Describe("it runs on"));
        Assert.Equal(2, await proxy.StopAsync());
        Assert.Contains("flag --usage.state-file: only --usage.enable uses it", proxy.Output, StringComparison.Ordinal);
    }

    private static string[] UsageFlags(WorkingFolder folder, string state)
    {
        string rules = folder.Write("rules.yml", "groups: [{name: g, rules: [{record: r, expr: 'sum(read_by_rule)'}]}]");
        string dashboard = folder.Write(
            "dashboard.json", """{"panels":[{"targets":[{"expr":"avg_over_time(read_by_dashboard{a=~\"$a\"}[$__rate_interval])"}]}]}""");
        return ["--usage.enable", $"--usage.state-file={state}", $"--usage.rules={rules}", $"--usage.dashboards={dashboard}"];
    }

    /// <summary>Which metrics are unused, exactly; until all that was written has been taken note of.</summary>
    private static Task ExpectUnusedAsync(RunningProgram proxy, int admin, string expected)
    {
        string found = "";
        return Eventually.TrueAsync(
            async () =>
            {
                using JsonDocument answer = JsonDocument.Parse(await GetAsync(admin, "/api/v1/usage?unused=true"));
                SortedSet<string> names = new(StringComparer.Ordinal);
                foreach (JsonElement metric in answer.RootElement.GetProperty("data").GetProperty("metrics").EnumerateArray())
                {
                    names.Add(metric.GetProperty("name").GetString() ?? "");
                }

                found = string.Join(' ', names);
                return found == expected;
            },
            () => proxy.Describe($"unused are: {found}"));
    }

    private static async Task<string> GetAsync(int port, string path)
    {
        using HttpClient client = new();
        return await client.GetStringAsync(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{path}"), TestContext.Current.CancellationToken);
    }

    private static async Task<int> RunAsync(params string[] arguments)
    {
        using Process command = Process.Start(Programs.Proxy, arguments);
        await command.WaitForExitAsync(TestContext.Current.CancellationToken);
        return command.ExitCode;
    }

    private static string Scrape(ScriptedTarget target, RunningProgram proxy) => $"""
        global:
          scrape_interval: 1s
        scrape_configs:
          - job_name: usage
            static_configs:
              - targets: ["{target.Address}"]
        remote_write:
          - url: http://{proxy.Address}{Pipeline.WritePath}
            queue_config:
              batch_send_deadline: 1s
        """;
}
