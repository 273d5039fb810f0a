using System.Net;
using AmpEdge.IngestServer.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Pages;

public sealed class PagesTests
{
    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/explore", "text/html")]
    [InlineData("/pages/explore.js", "text/javascript")]
    [InlineData("/pages/pages.css", "text/css")]
    public async Task Pages_need_no_signature_on_loopback_and_load_nothing_from_elsewhere(string path, string type)
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage request = server.NewRequest(HttpMethod.Get, path);
        using HttpResponseMessage response = await server.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'none'", string.Join(',', response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        string text = await TestServer.TextOf(response);
        Assert.DoesNotContain("https://", text, StringComparison.Ordinal);
        Assert.DoesNotContain(TestServer.WorkspaceId, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_that_strangers_reach_shows_health_only_and_management_has_one_of_its_own()
    {
        await using TestServer server = await TestServer.StartAsync(
            settings => settings with { ListenAddress = "0.0.0.0:0", ManagementAddress = "127.0.0.1:0" });
        foreach ((string path, HttpStatusCode expected) in ((string, HttpStatusCode)[])
            [
                ("/-/healthy", HttpStatusCode.OK), ("/-/ready", HttpStatusCode.OK), ("/metrics", HttpStatusCode.NotFound),
                ("/", HttpStatusCode.NotFound), ("/explore", HttpStatusCode.NotFound), ("/-/reload", HttpStatusCode.NotFound),
            ])
        {
            using HttpRequestMessage request = server.NewRequest(HttpMethod.Get, path);
            using HttpResponseMessage response = await server.SendAsync(request);
            Assert.Equal(expected, response.StatusCode);
        }

        using HttpResponseMessage metrics = await server.Client.GetAsync(
            new Uri($"http://127.0.0.1:{server.ManagementPort}/metrics"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
    }

    [Theory]
    [InlineData(true, "status/buildinfo", HttpStatusCode.NotFound)]
    [InlineData(true, "format_query?query=1", HttpStatusCode.NotFound)]
    [InlineData(true, "query?query=1", HttpStatusCode.OK)]
    [InlineData(false, "status/buildinfo", HttpStatusCode.OK)]
    public async Task Strictly_Amp_lacks_what_Amp_lacks(bool strict, string api, HttpStatusCode expected)
    {
        await using TestServer server = await TestServer.StartAsync(settings => settings with { StrictAmp = strict });
        using HttpRequestMessage request = server.Sign(
            server.NewRequest(HttpMethod.Get, TestServer.PathOf(api)), TestServer.Admin);
        using HttpResponseMessage response = await server.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }
}
