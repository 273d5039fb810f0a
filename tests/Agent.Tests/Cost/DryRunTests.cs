using AmpEdge.Agent.Config;
using AmpEdge.Agent.Cost;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.Cost;

public sealed class DryRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-dry-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Targets_are_scraped_twice_and_their_cost_is_printed()
    {
        await using ScriptedHttpServer server = new(ScriptedResponse.Page("a{x=\"1\"} 1\na{x=\"2\"} 2\nb 3\n"));
        (int exitCode, string output) = await RunAsync(
            $$"""
            global:
              scrape_interval: 10s
              external_labels: {cluster: test}
            scrape_configs:
            - job_name: web
              static_configs: [{targets: ["{{server.Address}}"]}]
            """);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Equal(2, server.Requests.Count);
        Assert.Contains("targets        1 up, 0 down\n", output);
        Assert.Contains("series         8\n", output);
        Assert.Contains("samples        0.8 a second\n", output);
        Assert.Matches(@"remote write   [0-9.]+ bytes a sample, [0-9.]+ MB a day\n", output);
        Assert.Matches(@"cost           0\.19 USD a month: ingestion 0\.19, storage 0\.00 once 150 days are kept\n", output);
        Assert.Matches(@"a +web +2 +0\.2 +0\.05\n", output);
    }

    [Fact]
    public async Task Targets_that_fail_are_named_with_the_reason()
    {
        await using ScriptedHttpServer server = new(ScriptedResponse.Page("what is this\n"));
        (int exitCode, string output) = await RunAsync(
            $$"""
            scrape_configs:
            - job_name: web
              static_configs: [{targets: ["{{server.Address}}"]}]
            """);

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains("targets        0 up, 1 down\n", output);
        Assert.Matches(@"not counted, because the scrape failed:\n  web http://[^ ]+/metrics: .+\n", output);
    }

    [Fact]
    public async Task Nothing_to_scrape_is_no_failure()
    {
        (int exitCode, string output) = await RunAsync("global: {scrape_interval: 10s}");

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("series         0\n", output);
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string yaml)
    {
        string file = Path.Combine(_folder, "prometheus.yml");
        await File.WriteAllTextAsync(file, yaml, TestContext.Current.CancellationToken);
        ConfigResult<AgentConfig> config = AgentConfigLoader.Load(file);
        Assert.Equal("", string.Join('\n', config.Problems));
        AgentSettings settings = new() { ConfigFile = file, StoragePath = _folder, ListenAddress = "" };
        await using DryRun dryRun = new(
            settings, config.Config!, new CostConfig(), TimeSpan.FromSeconds(10), TimeProvider.System,
            NullLoggerFactory.Instance);
        StringWriter output = new() { NewLine = "\n" };
        int exitCode = await dryRun.RunAsync(output, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString());
    }
}
