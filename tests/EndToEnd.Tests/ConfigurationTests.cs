using System.Diagnostics;
using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public async Task Every_problem_of_an_agents_file_is_named_with_its_place_and_nothing_starts()
    {
        using WorkingFolder folder = new();
        string config = folder.Write("agent.yml", """
            global:
              scrape_intervall: 15s
            scrape_configs:
              - job_name: node
                scrape_timeout: soon
                static_configs:
                  - targets: ["127.0.0.1:9100"]
            """);

        (int exitCode, string output) = await RunAsync(
            Programs.Agent, $"--config.file={config}", $"--storage.agent.path={folder.At("data")}");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("agent.yml:2:3 ", output, StringComparison.Ordinal);
        Assert.Contains("scrape_intervall", output, StringComparison.Ordinal);
        Assert.Contains("agent.yml:5:", output, StringComparison.Ordinal);
        Assert.Contains("soon", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_says_that_a_good_file_is_good_and_starts_nothing()
    {
        using WorkingFolder folder = new();
        string config = folder.Write("agent.yml", """
            scrape_configs:
              - job_name: node
                static_configs:
                  - targets: ["127.0.0.1:9100"]
            """);

        (int exitCode, string output) = await RunAsync(
            Programs.Agent, $"--config.file={config}", "--config.check", $"--storage.agent.path={folder.At("data")}");

        Assert.True(exitCode == 0, output);
        Assert.False(Directory.Exists(folder.At("data")), "a check must not make the storage folder");
    }

    [Fact]
    public async Task A_bad_reload_keeps_the_old_configuration_and_a_good_one_takes_over()
    {
        using WorkingFolder folder = new();
        using ScriptedTarget target = new(_ => "a_metric 1\n");
        string good = $"""
            global:
              scrape_interval: 500ms
              scrape_timeout: 500ms
            scrape_configs:
              - job_name: before
                static_configs:
                  - targets: ["{target.Address}"]
            """;
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, good);

        folder.Write("agent.yml", good.Replace("scrape_configs", "scrape_config", StringComparison.Ordinal));
        await HangUpAsync(agent);
        await Eventually.TrueAsync(
            async () => await agent.MetricAsync("prometheus_config_last_reload_successful") == 0,
            () => agent.Describe("the bad reload did not show in the metrics"));
        Assert.Contains("\"scrapePool\":\"before\"", await agent.GetAsync("/api/v1/targets"), StringComparison.Ordinal);

        folder.Write("agent.yml", good.Replace("before", "after", StringComparison.Ordinal));
        await HangUpAsync(agent);
        await Eventually.TrueAsync(
            async () => await agent.MetricAsync("prometheus_config_last_reload_successful") == 1
                && (await agent.GetAsync("/api/v1/targets")).Contains("\"scrapePool\":\"after\"", StringComparison.Ordinal),
            () => agent.Describe("the good reload did not take over"));
    }

    [Fact]
    public async Task A_destination_that_wants_429_dropped_is_told_that_it_is_waited_for()
    {
        using WorkingFolder folder = new();
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, """
            remote_write:
              - url: http://127.0.0.1:9/write
                name: strict
                queue_config: {retry_on_http_429: false}
            """);

        Assert.Contains("remote write strict: retry_on_http_429: false has no effect", agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_file_is_taken_up_by_itself_and_a_broken_one_keeps_the_last_good_state()
    {
        using WorkingFolder folder = new();
        using ScriptedTarget target = new(_ => "a_metric 1\n");
        const string Main = """
            scrape_config_files: [jobs.yml]
            global:
              external_labels:
                site: "${SITE}"
            """;
        string jobs = $$"""
            scrape_configs:
              - job_name: ${JOB}
                static_configs:
                  - targets: ["{{target.Address}}"]
            """;
        folder.Write("jobs.yml", jobs);
        await using RunningProgram agent = await Pipeline.StartAgentAsync(
            folder, Main, new Dictionary<string, string> { ["SITE"] = "s1", ["JOB"] = "from-env" },
            "--config.expand-env", "--config.auto-reload-interval=100ms");
        await PoolIsAsync(agent, "from-env");
        Assert.Contains("site: s1", await agent.GetAsync("/config"), StringComparison.Ordinal);

        folder.Write("jobs.yml", "scrape_configs:\n  - job_name: [");
        await Eventually.TrueAsync(
            async () => await agent.MetricAsync("prometheus_config_last_reload_successful") == 0,
            () => agent.Describe("the broken file did not show in the metrics"));
        await PoolIsAsync(agent, "from-env");

        folder.Write("jobs.yml", jobs.Replace("${JOB}", "changed", StringComparison.Ordinal));
        await PoolIsAsync(agent, "changed");
        await Eventually.TrueAsync(
            async () => await agent.MetricAsync("prometheus_config_last_reload_successful") == 1,
            () => agent.Describe("the mended file did not show in the metrics"));
    }

    private static Task PoolIsAsync(RunningProgram agent, string job) => Eventually.TrueAsync(
        async () => (await agent.GetAsync("/api/v1/scrape_pools")).Contains($"[\"{job}\"]", StringComparison.Ordinal),
        () => agent.Describe($"the jobs are not {job}"));

    private static async Task HangUpAsync(RunningProgram program)
    {
        using Process kill = Process.Start(
            "/bin/kill", ["-HUP", program.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string path, params string[] arguments)
    {
        await using RunningProgram program = RunningProgram.Start(path, 0, arguments);
        await Eventually.TrueAsync(
            () => Task.FromResult(program.HasExited), () => program.Describe("it did not end by itself"));
        int exitCode = await program.StopAsync();
        return (exitCode, program.Output);
    }
}
