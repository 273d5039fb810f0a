using System.Globalization;
using System.Net;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>An agent whose <c>--config.file</c> is a URL: it follows what is there, and lives without the server.</summary>
public sealed class ConfigurationAtUrlTests
{
    [Fact]
    public async Task The_agent_follows_the_url_and_starts_without_its_server_from_the_last_good_copy()
    {
        using WorkingFolder folder = new();
        string text = Job("first");
        using LoopbackHttpServer server = new(context => AnswerAsync(context, Volatile.Read(ref text)));
        string url = $"http://me:secret@{server.Address}/prometheus.yml";
        await using (RunningProgram agent = await StartAsync(folder, url))
        {
            await HasJobAsync(agent, "first");
            Assert.DoesNotContain("secret", await agent.GetAsync("/api/v1/status/flags"), StringComparison.Ordinal);
            Assert.DoesNotContain("secret", await agent.GetAsync("/status"), StringComparison.Ordinal);
            Volatile.Write(ref text, Job("second"));
            await HasJobAsync(agent, "second");
            Volatile.Write(ref text, "scrape_configs: [{job_nam: bad}]\n");
            await Eventually.TrueAsync(
                async () => await agent.MetricAsync("prometheus_config_last_reload_successful") == 0,
                () => agent.Describe("the bad configuration is not noticed"));
            await HasJobAsync(agent, "second");
            Assert.Equal(0, await agent.StopAsync());
            Assert.DoesNotContain("secret", agent.Output, StringComparison.Ordinal);
        }

        Volatile.Write(ref text, "");
        await using RunningProgram again = await StartAsync(folder, url);
        await HasJobAsync(again, "second");
        Assert.Contains("the server answers 503; the last good one is taken", again.Output, StringComparison.Ordinal);
        Volatile.Write(ref text, Job("third"));
        await HasJobAsync(again, "third");
    }

    [Fact]
    public async Task Without_server_and_copy_the_agent_says_so_and_ends()
    {
        using WorkingFolder folder = new();
        (int exitCode, _, string error) = await Command.RunAsync(
            Programs.Agent, [$"--config.file=http://127.0.0.1:{Ports.Free()}/x", $"--storage.agent.path={folder.At("data")}"]);

        Assert.Equal(1, exitCode);
        Assert.Contains("error: --config.file=http://127.0.0.1:", error, StringComparison.Ordinal);
    }

    private static string Job(string name) =>
        $"scrape_configs: [{{job_name: {name}, static_configs: [{{targets: [\"127.0.0.1:1\"]}}]}}]\n";

    private static async Task<RunningProgram> StartAsync(WorkingFolder folder, string url)
    {
        int port = Ports.Free();
        RunningProgram agent = RunningProgram.Start(Programs.Agent, port,
        [
            $"--config.file={url}",
            "--config.auto-reload-interval=300ms",
            $"--storage.agent.path={folder.At("data")}",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
        ]);
        await agent.WaitUntilReadyAsync("/-/ready");
        return agent;
    }

    private static Task HasJobAsync(RunningProgram agent, string name) => Eventually.TrueAsync(
        async () => (await agent.GetAsync("/api/v1/scrape_pools")).Contains($"\"{name}\"", StringComparison.Ordinal),
        () => agent.Describe($"job {name} is not there"));

    /// <summary>No text: the server is ill.</summary>
    private static async Task AnswerAsync(HttpListenerContext context, string text)
    {
        context.Response.StatusCode = text.Length == 0 ? 503 : 200;
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        context.Response.Close();
    }
}
