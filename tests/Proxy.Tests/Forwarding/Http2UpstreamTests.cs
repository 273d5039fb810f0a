using System.Net;
using AmpEdge.Proxy.Config;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>AMP speaks HTTP/2: many requests share one connection to it.</summary>
public sealed class Http2UpstreamTests
{
    [Fact]
    public async Task Requests_of_many_callers_share_a_connection_and_bodies_and_answers_come_through_it()
    {
        const int Callers = 20;
        const int BodyLength = 100_000;
        await using Http2Upstream upstream = await Http2Upstream.StartAsync();
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(
            new RouteConfig { Upstream = new UpstreamConfig { VerifyTls = false } }, host: upstream.Address, scheme: "https");
        using HttpResponseMessage first = await proxy.Client.GetAsync(proxy.Address, TestContext.Current.CancellationToken);
        Task<string>[] asked = new Task<string>[Callers];
        for (int caller = 0; caller < Callers; caller++)
        {
            asked[caller] = PostAsync(proxy, new string((char)('a' + caller), BodyLength));
        }

        string[] answers = await Task.WhenAll(asked);
        for (int caller = 0; caller < Callers; caller++)
        {
            Assert.Equal(new string((char)('a' + caller), BodyLength), answers[caller]);
        }

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Single(upstream.Connections);
        Assert.All(upstream.Protocols, protocol => Assert.Equal("HTTP/2", protocol));
    }

    private static async Task<string> PostAsync(ProxyUnderTest proxy, string body)
    {
        using StringContent content = new(body);
        using HttpResponseMessage answer = await proxy.Client.PostAsync(
            proxy.Address, content, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
