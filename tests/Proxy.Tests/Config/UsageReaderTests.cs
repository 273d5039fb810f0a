using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using Xunit;

namespace AmpEdge.Proxy.Tests.Config;

public sealed class UsageReaderTests
{
    private const string Route = "routes: [{name: amp, upstream: 'https://aps-workspaces.eu-central-1.amazonaws.com'}]\n";

    [Fact]
    public void Every_key_is_read()
    {
        ConfigResult<ProxyConfig> result = Parse(
            """
            usage:
              enable: true
              state_file: usage.state
              save_interval: 5m
              unused_after: 7d
              max_metrics: 100
              writes_per_second: 5
              rules: [a.yml, 'b/*.yml']
              dashboards: [c.json]
              prices: {currency: EUR}
            """);

        Assert.Equal("", string.Join('\n', result.Problems));
        UsageConfig usage = result.Config!.Usage;
        Assert.Equal(
            (true, "/etc/proxy/usage.state", TimeSpan.FromMinutes(5), TimeSpan.FromDays(7), 100, 5, "EUR"),
            (usage.Enable, usage.StateFile, usage.SaveInterval, usage.UnusedAfter, usage.MaxMetrics, usage.WritesPerSecond, usage.Prices.Currency));
        Assert.Equal(["/etc/proxy/a.yml", "/etc/proxy/b/*.yml"], usage.Rules);
        Assert.Equal(["/etc/proxy/c.json"], usage.Dashboards);
    }

    [Fact]
    public void Without_the_section_nothing_is_counted() => Assert.False(Parse("").Config!.Usage.Enable);

    [Fact]
    public void Every_problem_is_reported_with_its_place()
    {
        string problems = string.Join('\n', Parse(
            """
            usage:
              enable: perhaps
              save_interval: 1ms
              unused_after: 1s
              max_metrics: 0
              prices: {bytes_per_sample: -1}
              dashboard: x
            """).Problems);

        Assert.Contains("usage.enable: is not a truth value (got 'perhaps', allowed: true or false)", problems, StringComparison.Ordinal);
        Assert.Contains("usage.save_interval: is out of range (got '1ms', allowed: from 1s to 10y)", problems, StringComparison.Ordinal);
        Assert.Contains("usage.unused_after: is out of range (got '1s', allowed: from 1m to 10y)", problems, StringComparison.Ordinal);
        Assert.Contains("usage.max_metrics: is not a whole number that fits here (got '0'", problems, StringComparison.Ordinal);
        Assert.Contains("usage.prices.bytes_per_sample: is no price, size or volume (got '-1'", problems, StringComparison.Ordinal);
        Assert.Contains("usage.dashboard: field dashboard not found in type usage", problems, StringComparison.Ordinal);
    }

    private static ConfigResult<ProxyConfig> Parse(string usage) =>
        ProxyConfigLoader.Parse("/etc/proxy/proxy.yml", Route + usage, "127.0.0.1:8081");
}
