using System.Net;
using System.Text.Json;
using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.Tests.Forwarding;
using Xunit;

namespace AmpEdge.Proxy.Tests.LocalAnswers;

public sealed class LocalAnswerTests
{
    private const string Route = "routes: [{name: main, upstream: UPSTREAM, sigv4: {region: us-east-1}}]\n";

    [Theory]
    [InlineData("buildinfo", "/workspaces/ws-1/api/v1/status/buildinfo", "version")]
    [InlineData("flags", "/api/v1/status/flags", "query.lookback-delta")]
    [InlineData("config", "/prometheus/api/v1/status/config", "yaml")]
    [InlineData("runtimeinfo", "/api/v1/status/runtimeinfo", "storageRetention")]
    [InlineData("parse_query", "/api/v1/parse_query?query=up", "type")]
    public async Task A_named_call_is_answered_here_and_only_then(string name, string path, string member)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync($"{Route}local_answers: {{{name}: true}}\n");
        using JsonDocument json = JsonDocument.Parse(await proxy.Client.GetStringAsync(new Uri(proxy.Address, path)));

        Assert.Equal("success", json.RootElement.GetProperty("status").GetString());
        Assert.True(json.RootElement.GetProperty("data").TryGetProperty(member, out _));
        Assert.Empty(proxy.Upstream.Requests);

        proxy.Reload(Route);
        Assert.Equal("ok\n", await proxy.Client.GetStringAsync(new Uri(proxy.Address, path)));
        Assert.Equal(path, proxy.Upstream.Single().Target);
    }

    [Fact]
    public async Task An_expression_is_laid_out_for_posts_too_and_what_is_none_is_an_error_of_Prometheus()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync($"{Route}local_answers: {{all: true}}\n");
        using FormUrlEncodedContent form = new([new("query", "foo/bar")]);
        using HttpResponseMessage answer = await proxy.Client.PostAsync(new Uri(proxy.Address, "/api/v1/format_query"), form);
        using HttpResponseMessage wrong = await proxy.Client.GetAsync(new Uri(proxy.Address, "/api/v1/format_query?query=("));

        Assert.Equal("""{"status":"success","data":"foo / bar"}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("\"errorType\":\"bad_data\"", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_tells_why_the_route_is_not_and_nothing_else_needs_credentials()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync($"{Route}local_answers: {{all: true}}\n");
        Assert.Equal("Prometheus Server is Ready.\n", await proxy.Client.GetStringAsync(new Uri(proxy.Address, "/-/ready")));
        proxy.Credentials = new CredentialAnswer(null, "no AWS credentials: nothing found");
        using HttpResponseMessage notReady = await proxy.Client.GetAsync(new Uri(proxy.Address, "/-/ready"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, notReady.StatusCode);
        Assert.Equal("no AWS credentials: nothing found\n", await notReady.Content.ReadAsStringAsync());
        Assert.Equal("Prometheus Server is Healthy.\n", await proxy.Client.GetStringAsync(new Uri(proxy.Address, "/-/healthy")));
    }

    [Fact]
    public async Task Everything_else_is_forwarded_as_it_is()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync($"{Route}local_answers: {{all: true}}\n");
        foreach (string path in (string[])["/api/v1/query?query=up", "/api/v1/status/tsdb", "/api/v1/status/buildinfo/more", "/-/reload"])
        {
            Assert.Equal("ok\n", await proxy.Client.GetStringAsync(new Uri(proxy.Address, path)));
        }

        Assert.Equal(4, proxy.Upstream.Requests.Count);
    }
}
