using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>The words of <c>scrape_protocols</c> and <c>fallback_scrape_protocol</c>.</summary>
internal static class ScrapeProtocol
{
    public const string Proto = "PrometheusProto";

    private const string Supported =
        "[OpenMetricsText0.0.1 OpenMetricsText1.0.0 PrometheusProto PrometheusText0.0.4 PrometheusText1.0.0]";

    public static IReadOnlyList<string> Defaults { get; } =
        ["OpenMetricsText1.0.0", "OpenMetricsText0.0.1", "PrometheusText1.0.0", "PrometheusText0.0.4"];

    /// <summary>Native histograms travel in protobuf only.</summary>
    public static IReadOnlyList<string> DefaultsWithNativeHistograms { get; } = [Proto, .. Defaults];

    /// <summary>Reads a list of protocols, each once; null when the key is absent or the list is wrong.</summary>
    public static IReadOnlyList<string>? ReadList(ConfigSection section, string key, string owner)
    {
        if (section.OptionalTexts(key) is not { } protocols)
        {
            return null;
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string protocol in protocols)
        {
            if (Problem(protocol) is { } problem)
            {
                section.Fail(key, $"scrape_protocols: {problem} for {owner}", protocol);
                return null;
            }

            if (!seen.Add(protocol))
            {
                section.Fail(
                    key, $"duplicated protocol in scrape_protocols, got [{string.Join(' ', protocols)}] for {owner}", protocol);
                return null;
            }
        }

        if (protocols.Count == 0)
        {
            section.Fail(key, $"scrape_protocols cannot be empty for {owner}");
            return null;
        }

        return protocols;
    }

    /// <summary>What is wrong with one word; null when it is a protocol.</summary>
    public static string? Problem(string protocol) =>
        protocol is "OpenMetricsText0.0.1" or "OpenMetricsText1.0.0" or Proto or "PrometheusText0.0.4" or "PrometheusText1.0.0"
            ? null
            : $"unknown scrape protocol {protocol}, supported: {Supported}";
}
