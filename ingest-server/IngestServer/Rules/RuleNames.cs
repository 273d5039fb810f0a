using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Rules;

/// <summary>Which names rules may use.</summary>
internal static class RuleNames
{
    public static bool IsLabelName(string name, bool legacy)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        return legacy ? LabelNames.IsLegacyLabelName(utf8) : LabelNames.IsUtf8Name(utf8);
    }

    public static bool IsMetricName(string name, bool legacy)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        return legacy ? LabelNames.IsLegacyMetricName(utf8) : LabelNames.IsUtf8Name(utf8);
    }

    /// <summary>The metric name is set by the rule, never by a label. Values, once read, are UTF-8.</summary>
    public static IEnumerable<string> ProblemsOfLabels(IReadOnlyList<KeyValuePair<string, string>> labels, bool legacy)
    {
        foreach ((string name, string _) in labels)
        {
            if (!IsLabelName(name, legacy) || name == LabelNames.MetricName)
            {
                yield return $"invalid label name: {name}";
            }
        }
    }
}
