using AmpEdge.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Http;

public sealed class ManagementEndpointsTests : IAsyncLifetime
{
    private readonly RouteTable _routes = new();
    private readonly MetricRegistry _metrics = new();
    private readonly Readiness _readiness = new();
    private readonly HttpClient _client = new();
    private HttpServer? _server;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_server is not null)
        {
            await _server.StopAsync(CancellationToken.None);
            _server.Dispose();
        }
    }

    [Fact]
    public async Task Healthy_is_always_200()
    {
        await StartAsync();

        Assert.Equal((200, "Test is Healthy.\n"), await AskAsync("GET", "/-/healthy"));
    }

    [Fact]
    public async Task Ready_is_503_with_every_reason_until_there_is_none()
    {
        string? reason = "no credentials yet";
        _readiness.Require(() => reason);
        _readiness.Require(() => reason is null ? null : "the buffer is being read");
        await StartAsync();

        Assert.Equal(
            (503, "Test is not ready:\n- no credentials yet\n- the buffer is being read\n"), await AskAsync("GET", "/-/ready"));

        reason = null;
        Assert.Equal((200, "Test is Ready.\n"), await AskAsync("GET", "/-/ready"));
    }

    [Fact]
    public async Task Reload_is_forbidden_unless_enabled()
    {
        await StartAsync(reload: _ => Task.FromResult<string?>(null));

        Assert.Equal((403, "Lifecycle API is not enabled.\n"), await AskAsync("POST", "/-/reload"));
    }

    [Fact]
    public async Task Reload_answers_200_or_what_is_wrong()
    {
        string? problem = null;
        await StartAsync(reload: _ => Task.FromResult(problem), enabled: true);

        Assert.Equal((200, ""), await AskAsync("POST", "/-/reload"));
        Assert.Equal((200, ""), await AskAsync("PUT", "/-/reload"));
        Assert.Equal(405, (await AskAsync("GET", "/-/reload")).Status);
        problem = "f.yml:1:2 global: must be a mapping";
        Assert.Equal(
            (500, "failed to reload config: f.yml:1:2 global: must be a mapping\n"), await AskAsync("POST", "/-/reload"));
    }

    [Theory]
    [InlineData("", "text/plain; version=0.0.4")]
    [InlineData("*/*", "text/plain; version=0.0.4")]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "application/openmetrics-text; version=1.0.0")]
    [InlineData("text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.5", "text/plain; version=0.0.4")]
    [InlineData("text/plain;version=1.0.0", "text/plain; version=1.0.0")]
    [InlineData("application/openmetrics-text;version=2.0.0", "text/plain; version=0.0.4")]
    [InlineData("text/html;q=x;;=,", "text/plain; version=0.0.4")]
    public async Task Metrics_come_in_the_format_that_the_scraper_prefers(string accept, string expected)
    {
        await StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(_server!.Address, "/metrics"));
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using HttpResponseMessage response = await _client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.StartsWith(expected, string.Join(',', response.Content.Headers.NonValidated["Content-Type"]), StringComparison.Ordinal);
    }

    private async Task StartAsync(Func<CancellationToken, Task<string?>>? reload = null, bool enabled = false)
    {
        new ManagementEndpoints("Test", _metrics, _readiness) { Reload = reload, LifecycleEnabled = enabled }.MapTo(_routes);
        _server = new HttpServer(
            "web", new HttpServerOptions { ListenAddress = "127.0.0.1:0" }, _routes, _metrics, NullLoggerFactory.Instance,
            TimeProvider.System);
        await _server.StartAsync(TestContext.Current.CancellationToken);
    }

    private async Task<(int Status, string Body)> AskAsync(string method, string path)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), new Uri(_server!.Address, path));
        using HttpResponseMessage response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
