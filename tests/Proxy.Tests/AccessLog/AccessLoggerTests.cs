using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using AmpEdge.Hosting;
using AmpEdge.Proxy.AccessLog;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Proxy.Tests.Forwarding;
using AmpEdge.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Proxy.Tests.AccessLog;

public sealed class AccessLoggerTests
{
    private const string Route = "routes: [{name: main, upstream: UPSTREAM, sigv4: {region: us-east-1}, limits: {request_body: 100B}}]\n";

    [Fact]
    public async Task A_request_is_one_line_of_json_without_the_values_of_its_query()
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using (ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync($"{Route}access_log: {{path: {file}}}\n"))
        {
            using StringContent body = new("twelve bytes");
            using HttpResponseMessage answer = await proxy.Client.PostAsync(
                new Uri(proxy.Address, "/workspaces/ws-1/api/v1/query?query=secret&time=1"), body);
            Assert.True(SpinWait.SpinUntil(
                () => proxy.Metrics().Contains("ampedge_proxy_route_requests_in_flight{route=\"main\"} 0\n", StringComparison.Ordinal),
                TimeSpan.FromSeconds(20)));
        }

        JsonElement line = Assert.Single(await LinesAsync(file));
        Assert.Equal("main", line.GetProperty("route").GetString());
        Assert.Equal("default", line.GetProperty("listener").GetString());
        Assert.Equal("127.0.0.1", line.GetProperty("caller").GetString());
        Assert.Equal("POST", line.GetProperty("method").GetString());
        Assert.Equal("/workspaces/ws-1/api/v1/query", line.GetProperty("path").GetString());
        Assert.Equal("query=…&time=…", line.GetProperty("query").GetString());
        Assert.Equal(200, line.GetProperty("status").GetInt32());
        Assert.Equal(12, line.GetProperty("bytes_in").GetInt32());
        Assert.Equal(3, line.GetProperty("bytes_out").GetInt32());
        Assert.Equal(0, line.GetProperty("retries").GetInt32());
        Assert.StartsWith("http://127.0.0.1:", line.GetProperty("upstream").GetString(), StringComparison.Ordinal);
        Assert.True(line.GetProperty("duration_seconds").GetDouble() >= line.GetProperty("upstream_seconds").GetDouble());
        Assert.False(line.TryGetProperty("error", out _));
    }

    [Theory]
    [InlineData(false, false, null)]
    [InlineData(true, false, "certificate CN=grafana, O=example")]
    [InlineData(false, true, "token grafana.token")]
    [InlineData(true, true, "certificate CN=grafana, O=example, token grafana.token")]
    public async Task Callers_that_proved_who_they_are_are_named(bool certificate, bool token, string? identity)
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        AccessLogger log = new(
            new AccessLogConfig { Path = file }, new MetricRegistry(), TimeProvider.System, new Random(1), NullLogger.Instance);
        await log.File.StartAsync(CancellationToken.None);
        (string pem, string key) = LoopbackCertificate.CreatePem("CN=grafana, O=example");
        using X509Certificate2 shown = X509Certificate2.CreateFromPem(pem, key);
        DefaultHttpContext context = new();
        context.Connection.ClientCertificate = certificate ? shown : null;
        log.Write(
            new ForwardRequest(context, RequestTarget.Parse("/"), "pod")
            {
                Stop = new StopNotice(new Readiness(), TimeProvider.System),
                CallerToken = token ? "grafana.token" : null,
            },
            200,
            TimeSpan.Zero);
        await log.File.StopAsync(CancellationToken.None);

        JsonElement line = Assert.Single(await LinesAsync(file));
        Assert.Equal(identity, line.TryGetProperty("identity", out JsonElement told) ? told.GetString() : null);
    }

    [Fact]
    public async Task The_token_that_a_route_asked_for_is_named_by_its_file()
    {
        using TempFolder folder = new();
        string file = folder.At("access.log");
        string token = folder.Write("keda.token", "secret");
        string route = "routes: [{name: main, upstream: UPSTREAM, sigv4: {region: us-east-1}, "
            + $"caller: {{bearer_token_file: {token}}}}}]\n";
        await using (ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync($"{route}access_log: {{path: {file}}}\n"))
        {
            using HttpResponseMessage refused = await proxy.Client.GetAsync(proxy.Address);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            proxy.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
            await proxy.Client.GetStringAsync(proxy.Address);
            Assert.True(SpinWait.SpinUntil(
                () => proxy.Metrics().Contains("ampedge_proxy_route_requests_total{route=\"main\",code=\"200\"} 1\n", StringComparison.Ordinal),
                TimeSpan.FromSeconds(20)));
        }

        List<JsonElement> lines = await LinesAsync(file);
        Assert.False(lines[0].TryGetProperty("identity", out _));
        Assert.Equal("token keda.token", lines[1].GetProperty("identity").GetString());
    }

    [Fact]
    public async Task Refused_and_failed_requests_are_written_whatever_the_sample()
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using (ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(
            $"{Route}access_log: {{path: {file}, sample_ratio: 0}}\n"))
        {
            await proxy.Client.GetStringAsync(proxy.Address);
            using ByteArrayContent large = new(new byte[200]);
            using HttpResponseMessage refused = await proxy.Client.PostAsync(proxy.Address, large);
            proxy.Upstream.Answer = context => context.WriteTextAsync(404, "nothing");
            using HttpResponseMessage failed = await proxy.Client.GetAsync(proxy.Address);
            Assert.Equal(HttpStatusCode.NotFound, failed.StatusCode);
            foreach (string line in (string[])[
                "ampedge_proxy_route_requests_total{route=\"main\",code=\"200\"} 1\n",
                "ampedge_proxy_route_requests_total{route=\"main\",code=\"404\"} 1\n",
                "ampedge_proxy_route_requests_total{route=\"main\",code=\"413\"} 1\n",
                "ampedge_proxy_route_requests_in_flight{route=\"main\"} 0\n",
                "ampedge_proxy_route_response_bytes_total{route=\"main\"} ",
            ])
            {
                // A request ends a little after its answer has.
                bool comes = SpinWait.SpinUntil(
                    () => proxy.Metrics().Contains(line, StringComparison.Ordinal), TimeSpan.FromSeconds(20));
                Assert.True(comes, line);
            }
        }

        List<JsonElement> lines = await LinesAsync(file);
        Assert.Equal(2, lines.Count);
        Assert.Contains("larger than 100 bytes", lines[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(404, lines[1].GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("", false, "")]
    [InlineData("?a=1&b", false, "a=…&b")]
    [InlineData("?a=1&b", true, "a=1&b")]
    [InlineData("?X-Amz-Signature=abc&a=1", true, "X-Amz-Signature=…&a=1")]
    public void Values_are_hidden_by_choice_and_signatures_always(string query, bool withValues, string shown) =>
        Assert.Equal(shown, HiddenQuery.Of(query, withValues));

    private static async Task<List<JsonElement>> LinesAsync(string file)
    {
        List<JsonElement> lines = [];
        foreach (string line in await File.ReadAllLinesAsync(file))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            lines.Add(json.RootElement.Clone());
        }

        File.Delete(file);
        return lines;
    }
}
