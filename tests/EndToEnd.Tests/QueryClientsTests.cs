using System.Globalization;
using System.Net;
using System.Text.Json;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>
/// Clients of the query API get from our server what Debian's Prometheus gives them for the same samples: promtool, and the
/// requests that Grafana's data source sends.
/// </summary>
public sealed class QueryClientsTests : IAsyncLifetime
{
    private const int Steps = 60;

    private readonly WorkingFolder _folder = new();
    private readonly SeededStream _stream = new(
        Gen.Create(20261125), TimeProvider.System.GetUtcNow().AddMinutes(-40).ToUnixTimeMilliseconds(), Steps);
    private RunningProgram? _prometheus;
    private RunningProgram? _server;

    private RunningProgram Prometheus => _prometheus ?? throw new InvalidOperationException("not started");

    private RunningProgram Server => _server ?? throw new InvalidOperationException("not started");

    /// <summary>Odd times, where no sample is: the left end of a range counts in one version and not in the other.</summary>
    private string Start => QueryClient.Seconds(_stream.StartMs - 1);

    private string End => QueryClient.Seconds(_stream.EndMs + 1);

    public async ValueTask InitializeAsync()
    {
        string window = $"{SeededStream.Window.TotalSeconds}s";
        _prometheus = await Pipeline.StartPrometheusAsync(
            _folder, $"storage: {{tsdb: {{out_of_order_time_window: {window}}}}}\n",
            "--web.enable-remote-write-receiver", "--enable-feature=native-histograms");
        _server = await Pipeline.StartOpenServerAsync(_folder, $"limits: {{out_of_order_time_window: {window}}}\n");
        foreach (byte[] body in _stream.Bodies())
        {
            await RemoteWrite.SendAsync(_prometheus, body);
            await RemoteWrite.SendAsync(_server, body);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_prometheus?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [Fact]
    public async Task Promtool_prints_the_same()
    {
        foreach (string[] command in (string[][])
            [
                ["instant", $"--time={End}", "?", """{job="even",__name__!~"native.*"}"""],
                ["instant", $"--time={End}", "?", """max_over_time(temperature_1[10m])"""],
                ["instant", "--format=json", $"--time={End}", "?", """requests_0_total{job="odd"}[2m]"""],
                ["range", $"--start={Start}", $"--end={End}", "--step=61s", "?", """max by (job) (temperature_2)"""],
                ["series", $"--start={Start}", $"--end={End}", """--match={__name__=~"duration.*",job="odd"}""", """--match=odd""", "?"],
                ["labels", $"--start={Start}", $"--end={End}", "?", "__name__"],
                ["labels", "?", "job"],
            ])
        {
            string theirs = await RunAsync(command, Prometheus);
            string ours = await RunAsync(command, Server);
            Assert.True(theirs.Length > 0, $"{string.Join(' ', command)} finds nothing");
            Assert.True(theirs == ours, $"{string.Join(' ', command)}\n--- Prometheus\n{theirs}\n--- ours\n{ours}");
        }
    }

    [Fact]
    public async Task Grafanas_requests_are_answered_as_by_Prometheus()
    {
        // Grafana aligns the ends of a range to the step, and sends the step in seconds.
        const long StepSeconds = 30;
        string start = Aligned(_stream.StartMs, StepSeconds);
        string end = Aligned(_stream.EndMs, StepSeconds);
        (HttpMethod Method, string Path, string Parameters)[] requests =
        [
            (HttpMethod.Post, "query_range", $"query=max_over_time(temperature_3%5B1m1s%5D)&start={start}&end={end}&step={StepSeconds}"),
            (HttpMethod.Post, "query_range", $"query=count+by+(job)+(odd)&start={start}.001&end={end}.001&step={StepSeconds}"),
            (HttpMethod.Get, "query_range", $"query=requests_1_total%7Bjob%3D%22even%22%7D&start={start}.001&end={end}.001&step={StepSeconds}s"),
            (HttpMethod.Post, "query", "query=1%2B1&time=4"),
            (HttpMethod.Post, "query", $"query=topk(1,temperature_4)&time={End}"),
            (HttpMethod.Post, "query", $"query=requests_2_total+offset+5m&time={End}"),
            (HttpMethod.Post, "labels", $"start={start}&end={end}&match%5B%5D=%7Bjob%3D%22even%22%7D"),
            (HttpMethod.Get, "labels", $"start={start}&end={end}"),
            (HttpMethod.Get, "label/__name__/values", $"start={start}&end={end}"),
            (HttpMethod.Get, "label/instance/values", $"start={start}&end={end}&match%5B%5D=odd%7Bjob%3D~%22even%7Codd%22%7D"),
            (HttpMethod.Post, "series", $"start={start}&end={end}&match%5B%5D=temperature_0&match%5B%5D=odd"),
            (HttpMethod.Get, "metadata", "limit=5000"),
            (HttpMethod.Get, "rules", ""),
            (HttpMethod.Get, "alerts", ""),
            (HttpMethod.Post, "query_exemplars", $"query=requests_0_total&start={start}&end={end}"),
            (HttpMethod.Post, "query", "query=sum(&time=1"),
        ];
        foreach ((HttpMethod method, string path, string parameters) in requests)
        {
            (HttpStatusCode Status, JsonElement Body) theirs = await AskAsync(Prometheus, method, path, parameters);
            (HttpStatusCode Status, JsonElement Body) ours = await AskAsync(Server, method, path, parameters);
            string? difference = theirs.Status != ours.Status
                ? $"{theirs.Status} there, {ours.Status} here"
                : JsonComparison.Difference(theirs.Body, ours.Body, anyOrder: path == "query");
            Assert.True(difference is null, $"{method} {path}?{parameters}: {difference}");
        }

        JsonElement build = (await AskAsync(Server, HttpMethod.Get, "status/buildinfo", "")).Body.GetProperty("data");
        Assert.Matches("^3\\.", build.GetProperty("version").GetString());
    }

    private static string Aligned(long timestampMs, long stepSeconds) =>
        (timestampMs / 1000 / stepSeconds * stepSeconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>The lines of a command's output in order; the place of the server is marked in the arguments.</summary>
    private static async Task<string> RunAsync(string[] command, RunningProgram program)
    {
        string[] arguments = Array.ConvertAll(command, argument => argument == "?" ? $"http://{program.Address}" : argument);
        string[] lines = (await Promtool.RunAsync(["query", .. arguments])).Split('\n');
        if (command[0] == "instant" && !command.Contains("--format=json"))
        {
            Array.Sort(lines, StringComparer.Ordinal);
        }

        return string.Join('\n', lines).Trim();
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(
        RunningProgram program, HttpMethod method, string path, string parameters)
    {
        bool inForm = method == HttpMethod.Post;
        using HttpRequestMessage request = new(method, $"/api/v1/{path}{(inForm || parameters.Length == 0 ? "" : "?" + parameters)}");
        if (inForm)
        {
            request.Content = new StringContent(parameters);
            request.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
        }

        using HttpResponseMessage answer = await program.Http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, JsonDocument.Parse(text).RootElement);
    }
}
