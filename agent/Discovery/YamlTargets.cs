using AmpEdge.Hosting;

namespace AmpEdge.Agent.Discovery;

/// <summary>A node of a YAML target file.</summary>
internal readonly struct YamlTargets(YamlNode node) : ITargetNode<YamlTargets>
{
    public bool IsNull => node.IsNull;

    public IEnumerable<YamlTargets>? Items => node is YamlSequence list ? ItemsOf(list) : null;

    public IEnumerable<(string Key, YamlTargets Value)>? Members =>
        node is YamlMapping mapping ? MembersOf(mapping) : null;

    public string? Text => node is YamlScalar scalar && !node.IsNull ? scalar.Value : null;

    public string Shape => node.IsNull ? "null" : node.Shape;

    public string Position => $":{node.Position.Line}:{node.Position.Column}";

    private static IEnumerable<YamlTargets> ItemsOf(YamlSequence list)
    {
        foreach (YamlNode item in list.Items)
        {
            yield return new YamlTargets(item);
        }
    }

    private static IEnumerable<(string Key, YamlTargets Value)> MembersOf(YamlMapping mapping)
    {
        foreach (YamlEntry entry in mapping.Entries)
        {
            yield return (entry.Key, new YamlTargets(entry.Value));
        }
    }
}
