using System.Linq;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>Debian's Prometheus evaluates over our server, and scrapes what it federates.</summary>
public sealed class RemoteReadTests
{
    private const int Steps = 120;
    private const string Native = """{__name__=~"native.*"}""";

    [Fact]
    public async Task Prometheus_evaluates_over_our_store_what_we_evaluate_ourselves()
    {
        Gen gen = Gen.Create(20261123);
        SeededStream stream = new(gen, TimeProvider.System.GetUtcNow().AddHours(-2).ToUnixTimeMilliseconds(), Steps);
        using WorkingFolder folder = new();
        await using RunningProgram server = await Pipeline.StartOpenServerAsync(
            folder, $"limits: {{out_of_order_time_window: {SeededStream.Window.TotalSeconds}s}}\n");
        await using RunningProgram prometheus = await Pipeline.StartPrometheusAsync(
            folder, $"remote_read: [{{url: 'http://{server.Address}/api/v1/read', read_recent: true}}]\n");
        foreach (byte[] body in stream.Bodies())
        {
            await RemoteWrite.SendAsync(server, body);
        }

        // Floats only: the reading side of Debian's Prometheus 2.42 passes native histograms by.
        // Odd times, where no sample is: the left end of a range counts in one version and not in the other.
        long startMs = stream.StartMs - 1;
        long endMs = stream.EndMs + 1;
        QueryClient theirs = new(prometheus);
        QueryClient ours = new(server);
        string all = $$"""{job=~".+",__name__!~"native.*"}[{{endMs - startMs}}ms]""";
        SortedDictionary<string, List<(double Seconds, string Value)>> read = await theirs.QueryAsync(all, endMs);
        Assert.True(read.Count > 10, prometheus.Describe($"{gen}: {read.Count} series were read"));
        Assert.Equal(await ours.QueryAsync(all, endMs), read);
        foreach (string expression in (string[])
            [
                "count by (job) ({job=~\".+\",le=\"\",zone!=\"\"})", "max_over_time(temperature_2[10m])", "requests_0_total offset 7m",
                "resets(requests_1_total[1h])",
            ])
        {
            Assert.Equal(
                (expression, Text(await ours.RangeAsync(expression, startMs, endMs, TimeSpan.FromSeconds(62)))),
                (expression, Text(await theirs.RangeAsync(expression, startMs, endMs, TimeSpan.FromSeconds(62)))));
        }

        string times = $"start={QueryClient.Seconds(startMs)}&end={QueryClient.Seconds(endMs)}";
        Assert.Equal(
            await ours.ListAsync("""series?match[]={le="10",job="even"}&""" + times),
            await theirs.ListAsync("""series?match[]={le="10",job="even"}&""" + times));
    }

    [Fact]
    public async Task Prometheus_federates_from_our_server_in_text_and_native_histograms_in_protobuf()
    {
        long nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        SeededStream stream = new(Gen.Create(20261124), nowMs - (40 * SeededStream.StepMs), 40);
        using WorkingFolder folder = new();
        await using RunningProgram server = await Pipeline.StartOpenServerAsync(
            folder, $"limits: {{out_of_order_time_window: {SeededStream.Window.TotalSeconds}s}}\n");
        foreach (byte[] body in stream.Bodies())
        {
            await RemoteWrite.SendAsync(server, body);
        }

        await using RunningProgram prometheus = await Pipeline.StartPrometheusAsync(
            folder,
            $$"""
            scrape_configs:
              - job_name: federate
                scrape_interval: 1s
                honor_labels: true
                metrics_path: /federate
                params: {"match[]": ['{job=~".+"}']}
                static_configs: [{targets: ["{{server.Address}}"]}]
            """,
            "--enable-feature=native-histograms");
        QueryClient theirs = new(prometheus);
        QueryClient ours = new(server);
        const string Floats = """count({job=~".+",__name__!~"native.*|up|scrape_.*"})""";
        double? most = null;
        await Eventually.TrueAsync(
            async () =>
            {
                // Both at one time: series that ended age out of the look-back while the first scrape is on its way.
                long timestampMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() | 1;
                double? expected = await ours.ScalarAsync(Floats, timestampMs);
                most = Nullable.Compare(expected, most) > 0 ? expected : most;
                return expected > 10
                    && await theirs.ScalarAsync(Floats, timestampMs) == expected
                    && (await ours.QueryAsync(Native, timestampMs)).Keys.SequenceEqual((await theirs.QueryAsync(Native, timestampMs)).Keys);
            },
            () => prometheus.Describe($"not all of {most} series were federated"));
        Assert.NotEmpty(await theirs.QueryAsync(Native));
        string page = await prometheus.GetAsync("/api/v1/targets?state=active");
        Assert.Contains("\"health\":\"up\"", page, StringComparison.Ordinal);
    }

    private static string Text(SortedDictionary<string, List<(double Seconds, string Value)>> series)
    {
        List<string> lines = [];
        foreach ((string labels, List<(double Seconds, string Value)> samples) in series)
        {
            lines.Add($"{labels} {string.Join(' ', samples)}");
        }

        return string.Join('\n', lines);
    }
}
