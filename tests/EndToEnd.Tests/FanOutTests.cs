using System.Globalization;
using System.Text.Json;
using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>Two servers of ours, each with keys and a workspace, behind one virtual workspace of our proxy.</summary>
public sealed class FanOutTests : IAsyncLifetime
{
    private const string Prefix = "/workspaces/everywhere";

    private readonly WorkingFolder _euFolder = new();
    private readonly WorkingFolder _usFolder = new();
    private readonly long _first =
        (TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(30)).ToUnixTimeMilliseconds() / MinuteSeries.MinuteMs;
    private RunningProgram? _eu;
    private RunningProgram? _us;
    private RunningProgram? _proxy;

    private RunningProgram Proxy => _proxy ?? throw new InvalidOperationException("not started");

    private RunningProgram Us => _us ?? throw new InvalidOperationException("not started");

    private QueryClient Client => new(Proxy, Prefix);

    private long LastMs => (_first + MinuteSeries.Span - 1) * MinuteSeries.MinuteMs;

    public async ValueTask InitializeAsync()
    {
        _eu = await StartMemberAsync(_euFolder, series: 2);
        _us = await StartMemberAsync(_usFolder, series: 3);
        int port = Ports.Free();
        int adminPort = Ports.Free();
        string config = _euFolder.Write("proxy.yml", $$"""
            listeners: [{name: local, address: "127.0.0.1:{{port}}"}]
            routes:
              - {name: everywhere, match: {path_prefix: {{Prefix}}}, virtual_workspace: everywhere}
            virtual_workspaces:
              - name: everywhere
                members:
                  - {name: eu, upstream: "http://{{_eu.Address}}", workspace: {{Pipeline.Workspace}}, sigv4: {{Keys}}}
                  - {name: us, upstream: "http://{{_us.Address}}", workspace: {{Pipeline.Workspace}}, sigv4: {{Keys}}}
            local_answers: {all: true}
            access_log: {path: {{_euFolder.At("access.log")}}}
            """);
        _proxy = RunningProgram.Start(
            Programs.Proxy,
            port,
            [$"--config.file={config}", string.Create(CultureInfo.InvariantCulture, $"--admin.listen-address=127.0.0.1:{adminPort}")]);
        await _proxy.WaitUntilReadyAsync(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{adminPort}/-/ready"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RunningProgram? program in (RunningProgram?[])[_proxy, _eu, _us])
        {
            if (program is not null)
            {
                await program.DisposeAsync();
            }
        }

        _euFolder.Dispose();
        _usFolder.Dispose();
    }

    [Fact]
    public async Task Series_of_both_are_told_apart_aggregated_over_and_listed()
    {
        long last = _first + MinuteSeries.Span - 1;
        Assert.Equal(5, (await Client.QueryAsync("minutes", LastMs)).Count);
        Assert.Equal(5 * last, await Client.ScalarAsync("sum(minutes)", LastMs));
        Assert.Equal(2, await Client.ScalarAsync("count(minutes{workspace=\"eu\"})", LastMs));
        Assert.Equal(last, await Client.ScalarAsync("avg(minutes)", LastMs));
        Assert.Equal(
            (last * 5) - 20, await Client.ScalarAsync("min_over_time(sum(minutes)[4m30s:1m])", LastMs));
        Assert.Equal(
            ["""{"workspace":"eu"}""", """{"workspace":"us"}"""],
            (await Client.QueryAsync("count by (workspace) (minutes)", LastMs)).Keys);
        SortedDictionary<string, List<(double Seconds, string Value)>> range = await Client.RangeAsync(
            "sum(rate(minutes[3m]))", LastMs - 180_000, LastMs, TimeSpan.FromMinutes(1));
        Assert.Equal(4, Assert.Single(range).Value.Count);

        Assert.Equal(["__name__", "n", "workspace"], await Client.ListAsync("labels"));
        Assert.Equal(["eu", "us"], await Client.ListAsync("label/workspace/values"));
        Assert.Equal(["us"], await Client.ListAsync("label/workspace/values?match[]=" + Uri.EscapeDataString("{n=\"2\"}")));
        Assert.Equal(["0", "1", "2"], await Client.ListAsync("label/n/values"));
        string times = $"&start={MinuteSeries.Seconds(_first)}&end={MinuteSeries.Seconds(last)}";
        Assert.Equal(5, (await Client.ListAsync($"series?match[]=minutes{times}")).Count);
        Assert.Equal(
            3, (await Client.ListAsync($"series?match[]={Uri.EscapeDataString("minutes{workspace=~\"u.\"}")}{times}")).Count);
    }

    [Fact]
    public async Task Promtool_and_the_probes_of_Grafana_are_answered()
    {
        string address = $"http://{Proxy.Address}{Prefix}";
        string time = MinuteSeries.Seconds(_first + MinuteSeries.Span - 1);
        string instant = await Promtool.RunAsync("query", "instant", $"--time={time}", address, "sum by (workspace) (minutes)");
        Assert.Contains("{workspace=\"eu\"} =>", instant, StringComparison.Ordinal);
        Assert.Contains("{workspace=\"us\"} =>", instant, StringComparison.Ordinal);
        string labels = await Promtool.RunAsync("query", "labels", address, "workspace");
        Assert.Equal("eu\nus\n", labels);

        Assert.Contains("\"application\":\"AmpEdge Proxy", await Proxy.GetAsync($"{Prefix}/api/v1/status/buildinfo"), StringComparison.Ordinal);
        Assert.Contains("\"minutes\"", await Proxy.GetAsync($"{Prefix}/api/v1/label/__name__/values"), StringComparison.Ordinal);
        Assert.Contains("success", await Proxy.GetAsync($"{Prefix}/api/v1/metadata"), StringComparison.Ordinal);
        Assert.Equal("Prometheus Server is Healthy.\n", await Proxy.GetAsync($"{Prefix}/-/healthy"));
        using HttpResponseMessage rules = await Proxy.Http.GetAsync($"{Prefix}/api/v1/rules", TestContext.Current.CancellationToken);
        Assert.Equal(404, (int)rules.StatusCode);
        Assert.Contains(
            "\"errorType\":\"not_found\"",
            await rules.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_member_that_dies_leaves_out_is_said_in_the_answer()
    {
        await Us.KillAsync();
        using JsonDocument answer = JsonDocument.Parse(await Proxy.GetAsync(
            $"{Prefix}/api/v1/query?query=count(minutes)&time={MinuteSeries.Seconds(_first + MinuteSeries.Span - 1)}"));

        Assert.Equal("2", answer.RootElement.GetProperty("data").GetProperty("result")[0].GetProperty("value")[1].GetString());
        string? warning = Assert.Single(answer.RootElement.GetProperty("warnings").EnumerateArray()).GetString();
        Assert.StartsWith("workspace \"us\" is missing from this answer: http://", warning, StringComparison.Ordinal);
        Assert.Contains("Connection refused", warning, StringComparison.Ordinal);

        using HttpResponseMessage none = await Proxy.Http.GetAsync(
            $"{Prefix}/api/v1/query?query=minutes{{workspace=\"us\"}}", TestContext.Current.CancellationToken);
        Assert.Equal(503, (int)none.StatusCode);
        Assert.Equal(0, await Proxy.StopAsync());
        string log = await File.ReadAllTextAsync(_euFolder.At("access.log"), TestContext.Current.CancellationToken);
        Assert.Contains("\"route\":\"everywhere\"", log, StringComparison.Ordinal);
        Assert.Contains("\"status\":503", log, StringComparison.Ordinal);
    }

    private static string Keys =>
        $"{{region: {Pipeline.Region}, access_key: {Pipeline.AllKey}, secret_key: {Pipeline.AllSecret}}}";

    private async Task<RunningProgram> StartMemberAsync(WorkingFolder folder, int series)
    {
        RunningProgram server = await Pipeline.StartServerAsync(folder);
        await using RunningProgram writer = await Pipeline.StartProxyAsync(server);
        MinuteSeries minutes = new();
        minutes.Add("minutes", series);
        using HttpResponseMessage? answer = await minutes.TryWriteAsync(writer, _first, Pipeline.WritePath);
        Assert.True(answer?.IsSuccessStatusCode, server.Describe($"{answer?.StatusCode}"));
        return server;
    }
}
