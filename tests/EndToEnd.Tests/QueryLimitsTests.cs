using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json;
using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>What queries may not do to a server: each is refused or ended with a clear error, and the server goes on.</summary>
[Collection(nameof(AloneCollection))]
public sealed class QueryLimitsTests(LimitedServer limited, ITestOutputHelper output) : IClassFixture<LimitedServer>
{
    /// <summary>Some seconds of work, which holds little at a time.</summary>
    private const string Heavy = "sum(quantile_over_time(0.9, dur_bucket[1h]))";

    private readonly RunningProgram _server = limited.Server;

    private string Range => string.Create(
        CultureInfo.InvariantCulture, $"start={limited.Data.StartMs / 1000}&end={limited.Data.EndMs / 1000}");

    [Theory]
    [InlineData("""sum_over_time({job=~".+"}[2h:1ms])""")]
    [InlineData("""{job=~".+"} + on (job) group_left {job=~".+"}[1y:1ms]""")]
    [InlineData("""count_values("v", max_over_time({job=~".+"}[100y:1ms]))""")]
    public async Task A_query_over_the_limit_of_samples_is_told_so(string expression)
    {
        (HttpStatusCode status, string type, string error) = await AskAsync($"query_range?{Range}&step=1&query=", expression);
        Assert.True(
            (status == HttpStatusCode.UnprocessableEntity && type == "execution"
                && error == "query processing would load too many samples into memory in query execution")
            || (status == HttpStatusCode.BadRequest && type == "bad_data"),
            _server.Describe($"{status} {type}: {error}"));
        await AssertServesAsync();
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|a?)+b")]
    [InlineData("(.*a){20}")]
    [InlineData("((a{30}){30}){30}")]
    [InlineData("a{1000000}")]
    [InlineData("(x+x+)+y|[^a]*|.*.*.*.*.*.*=.*")]
    public async Task No_regular_expression_takes_long(string regex)
    {
        string value = new('a', 2000);
        Stopwatch watch = Stopwatch.StartNew();
        (HttpStatusCode status, string type, string error) = await AskAsync(
            "query?query=", $$"""label_replace(label_replace(vector(1), "x", "{{value}}", "", ""), "y", "$1", "x", "{{regex}}")""");
        Assert.True(
            status == HttpStatusCode.OK || (error.Length > 0 && type is "execution" or "bad_data"),
            _server.Describe($"{status} {type}: {error}"));
        (status, type, error) = await AskAsync("query?query=", $$"""{job=~"{{regex}}"}""");
        Assert.True(
            status == HttpStatusCode.OK || (status == HttpStatusCode.BadRequest && type == "bad_data" && error.Length > 0),
            _server.Describe($"{status} {type}: {error}"));
        output.WriteLine($"{regex}: {watch.Elapsed}");
        await AssertServesAsync();
    }

    /// <summary>As many parts before and after a middle as a body of 1 MiB has room for.</summary>
    [Theory]
    [InlineData("(", "up", ")", 100_000)]
    [InlineData("-", "up", "", 100_000)]
    [InlineData("sum(", "up", ")", 100_000)]
    [InlineData("", "up", "[1m:1s]", 60_000)]
    [InlineData("", "1", "+1", 200_000)]
    [InlineData("", "up", " or up", 100_000)]
    [InlineData("abs(", "up", "", 150_000)]
    [InlineData("up{a=\"", "", "b", 1_000_000)]
    [InlineData("up{", "", "a=\"b\",", 60_000)]
    [InlineData("1", "", "0", 1_000_000)]
    [InlineData("# ", "", "comment", 140_000)]
    [InlineData("sum by (", "", "a,", 200_000)]
    public async Task A_megabyte_of_expression_is_answered_or_refused(string before, string middle, string after, int times)
    {
        StringBuilder expression = new();
        expression.Insert(0, before, middle.Length > 0 ? times : 1).Append(middle).Insert(expression.Length, after, times);
        expression.Append(before switch { "up{a=\"" => "\"}", "up{" => "}", "sum by (" => ") (up)", _ => "" });
        (HttpStatusCode status, string type, string error) = await AskAsync("query", expression.ToString());
        output.WriteLine($"{status} {type}: {error[..Math.Min(200, error.Length)]}");
        Assert.True(
            status == HttpStatusCode.OK || (status == HttpStatusCode.BadRequest && type == "bad_data" && error.Length > 0),
            _server.Describe($"{status} {type}: {error[..Math.Min(2000, error.Length)]}"));
        await AssertServesAsync();
    }

    [Fact]
    public async Task An_expression_over_the_limit_of_a_body_is_told_so()
    {
        using StringContent content = new(
            "query=up{a=\"" + new string('b', 1 << 20) + "\"}", Encoding.ASCII, "application/x-www-form-urlencoded");
        using HttpResponseMessage answer = await _server.Http.PostAsync(
            new Uri("/api/v1/query", UriKind.Relative), content, TestContext.Current.CancellationToken);
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("1048576", body, StringComparison.Ordinal);
        await AssertServesAsync();
    }

    [Theory]
    [InlineData("query_range?start=0&end=9223372036&step=1000000&query=", "up")]
    [InlineData("query_range?start=-9223372036&end=9223372036&step=10000000&query=", "rate(requests_total[290y])")]
    [InlineData("query_range?start=0&end=1&step=9223372036&query=", "up offset 290y")]
    [InlineData("query_range?start=0&end=9223372036854775&step=1e12&query=", "up offset -290y")]
    [InlineData("query_range?start=0&end=1e300&step=1&query=", "up")]
    [InlineData("query_range?start=0&end=10000&step=1e300&query=", "up")]
    [InlineData("query_range?start=0&end=10999&step=1&query=", "max_over_time(up[290y:290y])")]
    [InlineData("query?time=9223372036854775&query=", "up[290y:1y] offset -290y")]
    [InlineData("query?time=-9223372036854775&query=", "up[290y] offset 290y")]
    [InlineData("query?query=", "up @ 9223372036854775.807")]
    [InlineData("query?query=", "up @ 9.2e300")]
    [InlineData("query?query=", "sum_over_time(up[290y:290y] @ -9e15)")]
    [InlineData("query?query=", "rate(up[9223372036854775807y])")]
    [InlineData("query?query=", "predict_linear(up[1h], 1e300)")]
    [InlineData("query?query=", "topk(9223372036854775807, up)")]
    [InlineData("query?query=", "topk(1e300, up)")]
    [InlineData("query?query=", "bottomk(Inf, up)")]
    [InlineData("query?timeout=290y&lookback_delta=290y&query=", "up")]
    public async Task Huge_times_steps_and_numbers_are_answered_or_refused(string path, string expression)
    {
        (HttpStatusCode status, string type, string error) = await AskAsync(path, expression);
        output.WriteLine($"{status} {type}: {error}");
        Assert.True(
            status == HttpStatusCode.OK
            || (status == HttpStatusCode.BadRequest && type == "bad_data" && error.Length > 0)
            || (status == HttpStatusCode.UnprocessableEntity && type == "execution" && error.Length > 0),
            _server.Describe($"{status} {type}: {error}"));
        await AssertServesAsync();
    }

    [Fact]
    public async Task A_query_ends_when_its_client_is_gone()
    {
        List<Task> asked = [];
        using CancellationTokenSource gone = new();

        // So long that none has its answer before all are seen to be inside: a pool of two threads lets in the fourth after a second or two.
        string longer = Heavy.Replace("[1h]", "[4h]", StringComparison.Ordinal);
        string heavier = Uri.EscapeDataString(string.Join(" + ", Enumerable.Repeat(longer, 60)));
        for (int query = 0; query < LimitedServer.MaxConcurrency * 2; query++)
        {
            asked.Add(_server.Http.GetAsync($"api/v1/query_range?{Range}&step=1&query={heavier}", gone.Token));
        }

        await InsideAsync(static inside => inside >= LimitedServer.MaxConcurrency);
        await gone.CancelAsync();
        foreach (Task query in asked)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => query);
        }

        await InsideAsync(static inside => inside == 0);
        await AssertServesAsync();
    }

    [Fact]
    public async Task Two_hundred_heavy_queries_at_once_leave_writes_and_memory_alone()
    {
        const int Queries = 200;
        double before = ResidentMiB();
        using CancellationTokenSource enough = new(TimeSpan.FromMinutes(5));
        List<Task<HttpStatusCode>> asked = [];
        for (int query = 0; query < Queries; query++)
        {
            asked.Add(StatusAsync(enough.Token));
        }

        // Written meanwhile, one request after the other, and all of it is there afterwards.
        int written = 0;
        Task<HttpStatusCode[]> all = Task.WhenAll(asked);
        TimeSpan longest = TimeSpan.Zero;
        while (!all.IsCompleted)
        {
            Stopwatch watch = Stopwatch.StartNew();
            await RemoteWrite.SendAsync(_server, OneSample(written++));
            longest = watch.Elapsed > longest ? watch.Elapsed : longest;
        }

        Dictionary<HttpStatusCode, int> answers = [];
        foreach (HttpStatusCode status in await all)
        {
            answers[status] = answers.GetValueOrDefault(status) + 1;
        }

        double after = ResidentMiB();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(' ', answers)}; {written} writes, the longest {longest.TotalMilliseconds:0} ms; {before:0} MiB before, {after:0} MiB at most"));
        Assert.True(answers.GetValueOrDefault(HttpStatusCode.OK) >= LimitedServer.MaxConcurrency, _server.Describe($"{string.Join(' ', answers)}"));
        Assert.Equal(
            Queries, answers.GetValueOrDefault(HttpStatusCode.OK) + answers.GetValueOrDefault(HttpStatusCode.ServiceUnavailable));
        Assert.True(after < before + 400, $"{before:0} MiB before, {after:0} MiB at most");
        Assert.Equal(written, await new QueryClient(_server).ScalarAsync("sum(count_over_time(written[1h]))"));
    }

    private string HeavyPath => $"api/v1/query_range?{Range}&step=1&query={Uri.EscapeDataString(Heavy)}";

    private async Task<HttpStatusCode> StatusAsync(CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, HeavyPath);
        using HttpClient patient = new() { BaseAddress = _server.Http.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        using HttpResponseMessage answer = await patient.SendAsync(request, cancel);
        await answer.Content.ReadAsByteArrayAsync(cancel);
        return answer.StatusCode;
    }

    private static byte[] OneSample(int number)
    {
        Prometheus.ByteBuffer labels = new();
        Prometheus.WriteRequestV1Writer.AppendLabel(labels, "__name__"u8, "written"u8);
        Prometheus.WriteRequestV1Writer.AppendLabel(labels, "n"u8, Encoding.UTF8.GetBytes((number % 50).ToString(CultureInfo.InvariantCulture)));
        Prometheus.ByteBuffer request = new();
        Prometheus.WriteRequestV1Writer.AppendTimeSeries(
            request, labels.Written, TimeProvider.System.GetUtcNow().AddMinutes(-2).ToUnixTimeMilliseconds() + number, number);
        byte[] body = new byte[Prometheus.Snappy.MaxEncodedLength(request.Length)];
        Array.Resize(ref body, Prometheus.Snappy.Encode(request.Written, body));
        return body;
    }

    /// <summary>The most memory that the server has had so far.</summary>
    private double ResidentMiB()
    {
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{_server.ProcessId}/status")))
        {
            if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
            {
                return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
            }
        }

        throw new InvalidOperationException("no VmHWM");
    }

    private Task InsideAsync(Func<double, bool> isWanted) => Eventually.TrueAsync(
        async () => await _server.MetricAsync("ampedge_queries_inside") is { } inside && isWanted(inside),
        () => _server.Describe("the queries inside are not as many as wanted"));

    /// <summary>Posted when the path has no parameters: a long expression does not fit into a URL.</summary>
    private async Task<(HttpStatusCode Status, string Type, string Error)> AskAsync(string path, string expression)
    {
        Uri uri = new($"/api/v1/{path}{(path.EndsWith('=') ? Uri.EscapeDataString(expression) : "")}", UriKind.Relative);
        using HttpContent content = path.EndsWith('=')
            ? new FormUrlEncodedContent([])
            : new StringContent("query=" + Uri.EscapeDataString(expression), Encoding.ASCII, "application/x-www-form-urlencoded");
        using HttpResponseMessage answer = await _server.Http.PostAsync(uri, content, TestContext.Current.CancellationToken);
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using JsonDocument document = JsonDocument.Parse(body);
        return document.RootElement.TryGetProperty("error", out JsonElement error)
            ? (answer.StatusCode, document.RootElement.GetProperty("errorType").GetString()!, error.GetString()!)
            : (answer.StatusCode, "", "");
    }

    private async Task AssertServesAsync() =>
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("query?query=", "up")).Status);
}
