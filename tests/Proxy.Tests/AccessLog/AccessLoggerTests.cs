using System.Net;
using System.Text.Json;
using AmpEdge.Hosting;
using AmpEdge.Proxy.AccessLog;
using AmpEdge.Proxy.Tests.Forwarding;
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
