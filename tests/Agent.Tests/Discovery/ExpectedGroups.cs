using System.Text;
using System.Text.Json;
using AmpEdge.Agent.Discovery;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Tests.Discovery;

/// <summary>Target groups as text, line by line, from what a mechanism gave and from what a case expects.</summary>
internal static class ExpectedGroups
{
    public static string Describe(IReadOnlyList<TargetGroup> groups)
    {
        StringBuilder text = new();
        foreach (TargetGroup group in groups)
        {
            text.Append(group.Source).Append(' ').Append(group.Labels).Append('\n');
            foreach (Labels target in group.Targets)
            {
                text.Append("  ").Append(target).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>The cases' JSON; a label without a value is no label.</summary>
    public static string Describe(JsonElement groups)
    {
        List<TargetGroup> expected = [];
        foreach (JsonElement group in groups.EnumerateArray())
        {
            List<Labels> targets = [];
            foreach (JsonElement target in group.GetProperty("targets").EnumerateArray())
            {
                targets.Add(LabelsOf(target));
            }

            Labels shared = group.TryGetProperty("labels", out JsonElement labels) ? LabelsOf(labels) : Labels.Empty;
            expected.Add(new TargetGroup(group.GetProperty("source").GetString()!, targets, shared));
        }

        return Describe(expected);
    }

    private static Labels LabelsOf(JsonElement mapping)
    {
        LabelsBuilder labels = new();
        foreach (JsonProperty label in mapping.EnumerateObject())
        {
            labels.Set(label.Name, label.Value.GetString()!);
        }

        return labels.Build();
    }
}
