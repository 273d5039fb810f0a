using System.Text.Json;
using AmpEdge.Prometheus;

namespace AmpEdge.Tests.Support.Kubernetes;

/// <summary>What Prometheus 3.5 found in a recorded state.</summary>
/// <param name="Entry">The entry of kubernetes_sd_configs that it was asked by, less the server.</param>
/// <param name="Targets">Every target's labels in Prometheus's notation, sorted.</param>
public sealed record ExpectedTargets(string Entry, IReadOnlyList<string> Targets)
{
    /// <summary>Reads <c>expected/STATE/NAME.json</c>.</summary>
    public static ExpectedTargets Read(string state, string name)
    {
        using JsonDocument file = JsonDocument.Parse(
            File.ReadAllText(Oracle.Locate($"kubernetes/expected/{state}/{name}.json")));
        List<string> targets = [];
        foreach (JsonElement target in file.RootElement.GetProperty("targets").EnumerateArray())
        {
            LabelsBuilder labels = new();
            foreach (JsonProperty label in target.EnumerateObject())
            {
                labels.Set(label.Name, label.Value.GetString() ?? "");
            }

            targets.Add(labels.Build().ToString());
        }

        targets.Sort(StringComparer.Ordinal);
        return new ExpectedTargets(file.RootElement.GetProperty("kubernetes_sd_config").GetRawText(), targets);
    }

    /// <summary>The first differences to what was found, for a failure's text.</summary>
    public string Differences(IReadOnlyList<string> found)
    {
        List<string> missing = [.. Targets];
        List<string> surplus = [];
        foreach (string target in found)
        {
            if (!missing.Remove(target))
            {
                surplus.Add(target);
            }
        }

        return $"{Targets.Count} expected, {found.Count} found\nmissing:\n{string.Join('\n', First(missing))}\nsurplus:\n{string.Join('\n', First(surplus))}";
    }

    private static List<string> First(List<string> lines) => lines.GetRange(0, Math.Min(3, lines.Count));
}
