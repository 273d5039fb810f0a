using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

public sealed class LoopGuardTests
{
    [Theory]
    [InlineData("localhost:8080", "127.0.0.1:8080")]
    [InlineData("127.0.0.1:8080", "0.0.0.0:8080")]
    [InlineData("127.0.0.1:8081", "127.0.0.1:8080")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    [InlineData("10.1.2.3:8080", "10.1.2.3:8080")]
    public void An_upstream_that_is_the_proxy_itself_is_refused_at_the_start(string host, string listen)
    {
        Assert.NotNull(Own(host, listen, "http"));
    }

    [Theory]
    [InlineData("localhost:9090", "127.0.0.1:8080")]
    [InlineData("example.org:8080", "0.0.0.0:8080")]
    [InlineData("aps-workspaces.us-east-1.amazonaws.com", "127.0.0.1:8080")]
    public void Any_other_upstream_is_fine(string host, string listen)
    {
        Assert.Null(Own(host, listen, "https"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(", headers: {strip: [Via]}")]
    public async Task Two_proxies_that_lead_to_each_other_stop_at_the_first_round(string headers)
    {
        await using ProxyUnderTest first = await ProxyUnderTest.StartWithFileAsync(Route("UPSTREAM", headers));
        await using ProxyUnderTest second = await ProxyUnderTest.StartWithFileAsync(Route(first.Address.OriginalString, headers));
        first.Reload(Route(second.Address.OriginalString, headers));
        using HttpResponseMessage answer = await second.Client.GetAsync(
            new Uri(second.Address, "/api/v1/query?query=up"), TestContext.Current.CancellationToken);

        Assert.Equal(508, (int)answer.StatusCode);
        Assert.Contains(
            "loop detected", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("ampedge_proxy_refused_requests_total{reason=\"loop\"} 1\n", second.Metrics(), StringComparison.Ordinal);
        Assert.Contains("ampedge_proxy_refused_requests_total{reason=\"loop\"} 0\n", first.Metrics(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Virtual_workspaces_whose_members_lead_back_stop_at_the_first_round(int proxies)
    {
        List<ProxyUnderTest> ring = [];
        try
        {
            string next = "UPSTREAM";
            for (int index = 0; index < proxies; index++)
            {
                ring.Add(await ProxyUnderTest.StartWithFileAsync(Virtual(next)));
                next = ring[^1].Address.OriginalString;
            }

            ring[0].Reload(Virtual(next));
            using HttpResponseMessage answer = await ring[^1].Client.GetAsync(
                new Uri(ring[^1].Address, "/api/v1/query?query=up"), TestContext.Current.CancellationToken);

            Assert.False(answer.IsSuccessStatusCode);
            Assert.Contains(
                "loop detected", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.Contains("ampedge_proxy_refused_requests_total{reason=\"loop\"} 1\n", ring[^1].Metrics(), StringComparison.Ordinal);
        }
        finally
        {
            foreach (ProxyUnderTest proxy in ring)
            {
                await proxy.DisposeAsync();
            }
        }
    }

    private static string Route(string upstream, string more) =>
        $"routes: [{{name: main, upstream: \"{upstream.TrimEnd('/')}\", sigv4: {{region: us-east-1}}{more}}}]\n";

    private static string Virtual(string member) => $$"""
        virtual_workspaces:
          - name: all
            members:
              - name: one
                upstream: "{{member.TrimEnd('/')}}"
                sigv4: {region: us-east-1}
        routes: [{name: main, virtual_workspace: all}]
        """;

    private static string? Own(string host, string listen, string scheme) => LoopGuard.OwnListener(
        new UpstreamConfig { Host = host, Scheme = scheme },
        [new ListenerConfig { Address = "127.0.0.1:1" }, new ListenerConfig { Address = listen }],
        "127.0.0.1:8081");
}
