using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.RuleTests;

/// <summary>An alert by its labels and annotations, which are told apart also where their texts are empty.</summary>
/// <param name="Labels">Those of the alert, its name included.</param>
/// <param name="Annotations">As they are shown: <c>{a="b", c="d"}</c>, by name.</param>
internal sealed record ExpectedAlert(Labels Labels, string Annotations)
{
    /// <summary>Annotations as one text.</summary>
    public static string Describe(IEnumerable<KeyValuePair<string, string>> annotations)
    {
        SortedDictionary<string, string> sorted = new(StringComparer.Ordinal);
        foreach ((string name, string text) in annotations)
        {
            sorted[name] = text;
        }

        List<string> pairs = [];
        foreach ((string name, string text) in sorted)
        {
            bool isPlain = LabelNames.IsLegacyLabelName(System.Text.Encoding.UTF8.GetBytes(name));
            pairs.Add($"{(isPlain ? name : LabelsFormatter.Quote(name))}={LabelsFormatter.Quote(text)}");
        }

        return $"{{{string.Join(", ", pairs)}}}";
    }
}
