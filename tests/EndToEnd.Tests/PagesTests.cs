using System.Diagnostics;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>What a person sees, in a real browser.</summary>
public sealed class PagesTests
{
    [Fact]
    public async Task A_malformed_page_fails_the_scrape_and_the_targets_page_says_why()
    {
        using WorkingFolder folder = new();
        using ScriptedTarget good = new(_ => "a_metric 1\n");
        using ScriptedTarget bad = new(_ => "a_metric{unclosed=\"1\" 2\n");
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, $"""
            global:
              scrape_interval: 500ms
              scrape_timeout: 500ms
            scrape_configs:
              - job_name: good
                static_configs:
                  - targets: ["{good.Address}"]
              - job_name: bad
                static_configs:
                  - targets: ["{bad.Address}"]
            """);
        await Eventually.TrueAsync(
            async () =>
            {
                string targets = await agent.GetAsync("/api/v1/targets");
                return targets.Contains("\"health\":\"up\"", StringComparison.Ordinal)
                    && targets.Contains("\"health\":\"down\"", StringComparison.Ordinal);
            },
            () => agent.Describe("the two targets were not both scraped"));

        string page = await RenderAsync(folder, $"http://{agent.Address}/targets");

        Assert.Contains($"http://{good.Address}/metrics", page, StringComparison.Ordinal);
        Assert.Contains($"http://{bad.Address}/metrics", page, StringComparison.Ordinal);
        Assert.Contains("DOWN", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("expected", page, StringComparison.Ordinal);
    }

    /// <summary>The page's document after its scripts ran.</summary>
    private static async Task<string> RenderAsync(WorkingFolder folder, string url)
    {
        using Process chromium = new()
        {
            StartInfo = new ProcessStartInfo(
                Oracle.Program("chromium"),
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    $"--user-data-dir={folder.At("chromium")}", "--dump-dom", url,
                ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        chromium.Start();
        Task<string> errors = chromium.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string document = await chromium.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await chromium.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(document.Length > 0, $"chromium showed nothing: {await errors}");
        return document;
    }
}
