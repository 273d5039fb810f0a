using System.Text.Json;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>The completion of Prometheus's query editor, from its own package, asks our server what it may offer.</summary>
public sealed class CodemirrorTests(LimitedServer limited) : IClassFixture<LimitedServer>
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
