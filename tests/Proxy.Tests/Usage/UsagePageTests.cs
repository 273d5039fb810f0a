using AmpEdge.Hosting;
using AmpEdge.Proxy.Usage;
using Xunit;

namespace AmpEdge.Proxy.Tests.Usage;

public sealed class UsagePageTests
{
    [Fact]
    public async Task Names_from_outside_are_text_on_the_page_whatever_they_hold()
    {
        using UsageUnderTest usage = new();
        await usage.StartAsync();
        usage.Write("<ws>", "<script>alert(1)</script>", "\"quoted\"");
        usage.Get("/workspaces/%3Cws%3E/api/v1/query", "?query=%7Ba%3D%22%3Cb%3E%22%7D");
        UsageReport report = await usage.StopAsync();

        string page = await GetAsync("/usage", report);

        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>\"}", page, StringComparison.Ordinal);
        Assert.Contains("workspace=%3Cws%3E", page, StringComparison.Ordinal);
        Assert.Contains("Reads that name no metric", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/usage?limit=0", "invalid parameter \\\"limit\\\": got \\\"0\\\"")]
    [InlineData("/api/v1/usage?unused=perhaps", "invalid parameter \\\"unused\\\"")]
    [InlineData("/api/v1/usage/drop_rules?min_saving=much", "invalid parameter \\\"min_saving\\\"")]
    public async Task A_parameter_that_cannot_be_meant_is_refused(string path, string problem) =>
        Assert.Contains(problem, await GetAsync(path, UsageReport.Of([], new(), TimeSpan.FromDays(1), DateTimeOffset.UnixEpoch)), StringComparison.Ordinal);

    [Fact]
    public async Task The_page_and_the_rules_of_an_empty_report_are_whole()
    {
        UsageReport empty = UsageReport.Of([], new(), TimeSpan.FromDays(30), DateTimeOffset.UnixEpoch);

        Assert.EndsWith("</html>", await GetAsync("/usage", empty), StringComparison.Ordinal);
        Assert.EndsWith("write_relabel_configs: []\n", await GetAsync("/api/v1/usage/drop_rules", empty), StringComparison.Ordinal);
    }

    private static async Task<string> GetAsync(string path, UsageReport report)
    {
        RouteTable routes = new();
        new UsageEndpoint(() => report).MapTo(routes);
        using LineLoggerFactory loggers = new(Stream.Null, LogFormat.Logfmt, Microsoft.Extensions.Logging.LogLevel.None, TimeProvider.System);
        using HttpServer server = new(
            "admin", new HttpServerOptions { ListenAddress = "127.0.0.1:0", MetricPrefix = "test" }, routes, new MetricRegistry(), loggers, TimeProvider.System);
        await server.StartAsync(TestContext.Current.CancellationToken);
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        using HttpResponseMessage answer = await client.GetAsync(new Uri(server.Address, path), TestContext.Current.CancellationToken);
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await server.StopAsync(CancellationToken.None);
        return body;
    }
}
