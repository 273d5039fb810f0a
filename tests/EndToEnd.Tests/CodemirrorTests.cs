using System.Text.Json;
using System.Text.RegularExpressions;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>The completion of Prometheus's query editor, from its own package, asks our server what it may offer.</summary>
public sealed partial class CodemirrorTests(LimitedServer limited) : IClassFixture<LimitedServer>
{
    [Fact]
    public async Task Prometheus_s_editor_offers_the_names_and_values_of_our_server()
    {
        string folder = await NpmPackages.InstallAsync("Codemirror");
        (int exitCode, string printed) = await NpmPackages.RunAsync(
            Oracle.Program("node"), folder, "complete.cjs", $"http://{limited.Server.Address}", "req|", "temp{|}", "temp{zone=\"|\"}", "sum by (|)",
            "temp{job=\"a\", instance=\"|\"}");
        Assert.True(exitCode == 0, limited.Server.Describe(printed));
        using JsonDocument offered = JsonDocument.Parse(printed);
        Assert.Contains("requests_total", Labels(offered, "req|"));
        Assert.Contains("dur_bucket", Labels(offered, "req|"));
        Assert.Equal(["instance", "job", "zone"], Labels(offered, "temp{|}"));
        Assert.Equal(["x", "y"], Labels(offered, "temp{zone=\"|\"}"));
        Assert.Contains("version", Labels(offered, "sum by (|)"));
        Assert.Equal(["0", "1", "2"], Labels(offered, "temp{job=\"a\", instance=\"|\"}"));
    }

    /// <summary>On the page that the server shows, with keys and clicks: what was chosen is run and drawn.</summary>
    [Fact]
    public async Task The_editor_on_the_explore_page_offers_what_is_there_and_runs_what_was_chosen()
    {
        using WorkingFolder folder = new();
        using EditorPage page = new(limited.Server.Http, await NpmPackages.InstallAsync("Codemirror"), "explore.mjs");

        string document = await Browser.RenderAsync(folder, $"http://{page.Address}{EditorPage.PagePath}", "--virtual-time-budget=30000");

        MatchCollection offered = Offered().Matches(document);
        Assert.True(offered.Count == 2 && !document.Contains("id=\"failed\"", StringComparison.Ordinal), document);
        Assert.Contains("requests_total", offered[0].Groups[1].Value.Split(' '));
        Assert.Contains("a", offered[1].Groups[1].Value.Split(' '));
        Assert.Contains("<p id=\"typed\">requests_total{job=\"a\"}</p>", document, StringComparison.Ordinal);
        Assert.Matches("<tbody id=\"series\">\\s*<tr.*requests_total.*job=\"a\"", document);
    }

    [GeneratedRegex("<p id=\"offered\">([^<]*)</p>")]
    private static partial Regex Offered();

    private static string[] Labels(JsonDocument offered, string text)
    {
        List<string> labels = [];
        foreach (JsonElement label in offered.RootElement.GetProperty(text).EnumerateArray())
        {
            labels.Add(label.GetString()!);
        }

        labels.Sort(StringComparer.Ordinal);
        return [.. labels];
    }
}
