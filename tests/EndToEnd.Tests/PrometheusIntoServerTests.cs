using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

public sealed class PrometheusIntoServerTests
{
    /// <summary>
    /// vmagent is the peer that signs by itself: the sigv4 block of Debian's Prometheus 2.42.0+ds is read but never
    /// applied (prometheus/prometheus#13030: that build drops the transport around the client), see the test below.
    /// </summary>
    [Fact]
    public async Task A_peer_that_signs_by_itself_writes_into_the_server_and_with_a_wrong_key_is_refused()
    {
        using WorkingFolder folder = new();
        await using RunningProgram server = await Pipeline.StartServerAsync(folder);
        await using RunningProgram proxy = await Pipeline.StartProxyAsync(server);
        QueryClient query = new(proxy, Pipeline.ApiPrefix);
        using WorkingFolder wrongFolder = new();
        await using RunningProgram wrong = await Pipeline.StartVmagentAsync(
            wrongFolder, Scrape("wrong", server), server, Pipeline.WriteKey, "not-the-secret");
        await using RunningProgram right = await Pipeline.StartVmagentAsync(
            folder, Scrape("right", server), server, Pipeline.WriteKey, Pipeline.WriteSecret);

        await Eventually.TrueAsync(
            async () => await query.ScalarAsync("""up{job="right"}""") == 1,
            () => server.Describe(right.Describe("no sample of the signing peer arrived")));
        await Eventually.TrueAsync(
            () => Task.FromResult(wrong.Output.Contains("403", StringComparison.Ordinal)),
            () => wrong.Describe("the wrong key was not refused with 403"));
        Assert.Contains(
            "The request signature we calculated does not match", wrong.Output, StringComparison.Ordinal);
        Assert.Null(await query.ScalarAsync("""up{job="wrong"}"""));
    }

    [Fact]
    public async Task Prometheus_with_a_sigv4_block_is_taken_when_it_signs_and_refused_by_name_when_it_does_not()
    {
        using WorkingFolder folder = new();
        await using RunningProgram server = await Pipeline.StartServerAsync(folder);
        await using RunningProgram proxy = await Pipeline.StartProxyAsync(server);
        await using RunningProgram prometheus = await Pipeline.StartPrometheusAsync(
            folder, ScrapeServer("sigv4", server, server, Pipeline.WriteKey, Pipeline.WriteSecret));
        QueryClient query = new(proxy, Pipeline.ApiPrefix);

        bool signs = false;
        await Eventually.TrueAsync(
            async () =>
            {
                signs = await query.ScalarAsync("""up{job="sigv4"}""") == 1;
                return signs || prometheus.Output.Contains("403 Forbidden", StringComparison.Ordinal);
            },
            () => server.Describe(prometheus.Describe("neither taken nor refused")));

        // A build that signs must be taken; one that does not must be told what is missing.
        Assert.True(
            signs || prometheus.Output.Contains("Missing Authentication Token", StringComparison.Ordinal),
            prometheus.Describe("refused for another reason than the missing signature"));
    }

    [Fact]
    public async Task Prometheus_without_sigv4_writes_through_the_proxy_and_promtool_queries_through_it()
    {
        using WorkingFolder folder = new();
        await using RunningProgram server = await Pipeline.StartServerAsync(folder);
        await using RunningProgram proxy = await Pipeline.StartProxyAsync(server);
        await using RunningProgram prometheus = await Pipeline.StartPrometheusAsync(
            folder, ScrapeServer("through-proxy", server, proxy, accessKey: null, secretKey: null));
        QueryClient query = new(proxy, Pipeline.ApiPrefix);
        await Eventually.TrueAsync(
            async () => await query.ScalarAsync("""count_over_time(up{job="through-proxy"}[1m])""") >= 2,
            () => server.Describe(proxy.Describe(prometheus.Describe("no sample came through the proxy"))));

        string address = $"http://{proxy.Address}{Pipeline.ApiPrefix}";
        string instant = await Promtool.RunAsync("query", "instant", address, """up{job="through-proxy"}""");
        string range = await Promtool.RunAsync("query", "range", address, """sum(up{job="through-proxy"})""");
        string series = await Promtool.RunAsync("query", "series", "--match", """up{job="through-proxy"}""", address);

        Assert.Contains("""up{instance="self", job="through-proxy"} => 1 @[""", instant, StringComparison.Ordinal);
        Assert.Contains("1 @[", range, StringComparison.Ordinal);
        Assert.Contains("""{__name__="up", instance="self", job="through-proxy"}""", series, StringComparison.Ordinal);
    }

    private static string Scrape(string job, RunningProgram server) => $"""
        global:
          scrape_interval: 1s
        scrape_configs:
          - job_name: {job}
            static_configs:
              - targets: ["{server.Address}"]
        """;

    /// <summary>The target is our server: its own page must be one that a peer can read.</summary>
    private static string ScrapeServer(
        string job, RunningProgram server, RunningProgram destination, string? accessKey, string? secretKey)
    {
        string sigV4 = accessKey is null
            ? ""
            : $$"""
                sigv4:
                      region: {{Pipeline.Region}}
                      access_key: {{accessKey}}
                      secret_key: {{secretKey}}
                """;
        return $"""
            global:
              scrape_interval: 1s
            scrape_configs:
              - job_name: {job}
                static_configs:
                  - targets: ["{server.Address}"]
                    labels:
                      instance: self
            remote_write:
              - url: http://{destination.Address}{Pipeline.WritePath}
                queue_config:
                  batch_send_deadline: 1s
                {sigV4}
            """;
    }
}
