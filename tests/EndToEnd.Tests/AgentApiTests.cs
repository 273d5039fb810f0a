using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>What the running agent answers, beside what a real Prometheus answered for the same jobs.</summary>
public sealed partial class AgentApiTests
{
    private const string Folder = "conformance/http_api";

    /// <summary>Where the target stood when the answers were recorded.</summary>
    private const string RecordedTarget = "127.0.0.1:19500";

    /// <summary>The cases whose answers do not come from a database or from rules.</summary>
    private static readonly string[] s_cases =
    [
        "metadata", "metadata_one", "targets", "targets_active", "targets_pool", "targets_metadata", "buildinfo", "runtimeinfo",
    ];

    [Fact]
    public async Task The_agent_answers_as_prometheus_does()
    {
        using WorkingFolder folder = new();
        string page = await File.ReadAllTextAsync(
            Oracle.Locate($"{Folder}/data/target_page.txt"), TestContext.Current.CancellationToken);
        using ScriptedTarget target = new(_ => page);
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, $$"""
            global: {scrape_interval: 1s}
            scrape_configs:
              - job_name: page
                static_configs:
                  - {targets: ["{{target.Address}}"], labels: {env: dev} }
              - job_name: nothing
                relabel_configs:
                  - {source_labels: [env], regex: gone, action: drop}
                static_configs:
                  - {targets: ["{{target.Address}}"], labels: {env: gone} }
            """);
        await Eventually.TrueAsync(
            async () => (await agent.GetAsync("/api/v1/targets")).Contains("\"health\":\"up\"", StringComparison.Ordinal),
            () => agent.Describe("the target was not scraped"));

        List<string> differences = [];
        List<ConformanceCase> cases = ConformanceCase.ReadAll(Oracle.Locate($"{Folder}/cases.json"));
        foreach (ConformanceCase recorded in cases.Where(one => s_cases.Contains(one.Id)))
        {
            differences.AddRange(await CompareAsync(agent, recorded, target.Address));
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public async Task What_needs_a_database_or_rules_says_that_this_is_an_agent()
    {
        using WorkingFolder folder = new();
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, "global: {scrape_interval: 1m}\n");

        foreach (string path in (string[])["query?query=up", "query_range", "series", "labels", "label/job/values", "rules", "alerts"])
        {
            using HttpResponseMessage answer = await agent.Http.GetAsync("/api/v1/" + path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Equal(
                """{"status":"error","errorType":"execution","error":"unavailable with Prometheus Agent"}""",
                await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.Contains(
            "\"config.auto-reload-interval\":\"0s\"", await agent.GetAsync("/api/v1/status/flags"), StringComparison.Ordinal);
    }

    /// <summary>Discovered labels of a target that releases after the recorded one have too.</summary>
    [GeneratedRegex("""
        "__(always_scrape_classic_histograms|convert_classic_histograms_to_nhcb|scrape_native_histograms)__":"[a-z]+",
        """)]
    private static partial Regex NewerLabels();

    private static async Task<List<string>> CompareAsync(RunningProgram agent, ConformanceCase recorded, string target)
    {
        StringBuilder query = new("?");
        foreach ((string name, string value) in recorded.Parameters())
        {
            query.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value)).Append('&');
        }

        using HttpResponseMessage answer = await agent.Http.GetAsync(recorded.Path + query, TestContext.Current.CancellationToken);
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using JsonDocument actual = JsonDocument.Parse(NewerLabels().Replace(body, ""));
        // Ours has another port, another name for itself, and no fixed version.
        string text = recorded.Response.GetProperty("body").GetRawText()
            .Replace("http://prom.example:19500/", $"http://{Environment.MachineName.ToLowerInvariant()}:{target.Split(':')[1]}/", StringComparison.Ordinal)
            .Replace(RecordedTarget, target, StringComparison.Ordinal)
            .Replace("\"3.5.3+ds1\"", "\"<<varies>>\"", StringComparison.Ordinal);
        using JsonDocument expected = JsonDocument.Parse(text);
        List<string> differences = [];
        if (JsonComparison.Difference(expected.RootElement, actual.RootElement, recorded.Id) is { } difference)
        {
            differences.Add(difference);
        }

        foreach (JsonProperty header in recorded.Response.GetProperty("headers").EnumerateObject())
        {
            string own = answer.Headers.TryGetValues(header.Name, out IEnumerable<string>? values)
                || answer.Content.Headers.TryGetValues(header.Name, out values)
                ? string.Join(',', values)
                : "";
            if (own != header.Value.GetString())
            {
                differences.Add($"{recorded.Id}: header {header.Name} is {own}, expected {header.Value}");
            }
        }

        return differences;
    }
}
