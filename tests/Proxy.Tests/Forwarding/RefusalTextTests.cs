using System.Net;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Credentials;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>Every refusal has a status that clients act upon and says what to do.</summary>
public sealed class RefusalTextTests
{
    private const string Query = "/api/v1/query?query=up";

    [Theory]
    [InlineData("match: {path_prefix: /a}", "GET", Query, 404, "ask for what a route of the configuration matches")]
    [InlineData("access: read_only", "POST", "/api/v1/remote_write", 403, "access: read_only")]
    [InlineData("access: write_only", "GET", Query, 403, "POST to the write APIs")]
    [InlineData("allow_paths: [/api/v1/labels]", "GET", Query, 403, "allow_paths: /api/v1/labels")]
    [InlineData("limits: {request_body: 3B}", "POST", "/x", 413, "send less at once, or raise it")]
    [InlineData("query_guard: {max_range: 1h}", "GET", "/api/v1/query_range?query=up&start=0&end=7200&step=60", 422, "ask for a shorter time")]
    public async Task Refused_requests_are_told_what_to_do(string route, string method, string target, int status, string advice)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(
            $"routes: [{{name: main, upstream: UPSTREAM, sigv4: {{region: us-east-1}}, {route}}}]");
        using HttpRequestMessage request = new(new HttpMethod(method), proxy.Address + target[1..]);
        request.Content = method == "POST" ? new StringContent("body") : null;
        using HttpResponseMessage answer = await proxy.Client.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(advice, text, StringComparison.Ordinal);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.Empty(proxy.Upstream.Requests);
    }

    [Fact]
    public async Task What_passes_by_itself_says_when_to_come_again()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(
            "routes: [{name: main, upstream: UPSTREAM, sigv4: {region: us-east-1}, limits: {requests_per_second: 1}}]",
            new ProxySettings { MaxBufferedBytes = 1 << 10 });
        proxy.Credentials = new CredentialAnswer(null, "no AWS credentials: nothing found");
        using HttpResponseMessage none = await proxy.Client.GetAsync(proxy.Address);
        proxy.Credentials = new CredentialAnswer(ScriptedUpstream.Credentials, "");
        HttpStatusCode last = HttpStatusCode.OK;
        for (int request = 0; request < 50 && last != HttpStatusCode.TooManyRequests; request++)
        {
            using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address);
            last = answer.StatusCode;
            Assert.True(last == HttpStatusCode.OK || answer.Headers.RetryAfter is not null, $"{last} without Retry-After");
        }

        Assert.NotNull(none.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Fact]
    public async Task A_virtual_workspace_tells_a_writer_where_to_write()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(
            "routes: [{name: all, virtual_workspace: all}]\n"
            + "virtual_workspaces: [{name: all, members: [{name: eu, upstream: UPSTREAM, sigv4: {region: us-east-1}}]}]");
        using HttpResponseMessage answer = await proxy.Client.PostAsync(new Uri(proxy.Address, "/api/v1/remote_write"), null);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("write to a route of one workspace", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_of_a_virtual_workspace_is_signed_for_each_member()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(
            "routes: [{name: all, virtual_workspace: all}]\n"
            + "virtual_workspaces: [{name: all, members: [{name: eu, upstream: UPSTREAM, workspace: ws-1, sigv4: {region: us-east-1}}]}]");
        using HttpResponseMessage answer = await proxy.Client.GetAsync(new Uri(proxy.Address, "/api/v1/query?query=up{workspace=\"eu\"}&time=1"));

        // The upstream of the test answers with no JSON, which is a failure of its own.
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        UpstreamRequest asked = proxy.Upstream.Single();
        Assert.Equal("", asked.Verification.Message);
        Assert.Equal("POST /workspaces/ws-1/api/v1/query", $"{asked.Method} {asked.Target}");
        Assert.Equal("query=up&time=1", System.Text.Encoding.UTF8.GetString(asked.Body));
    }
}
