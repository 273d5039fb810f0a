using System.Text.Json;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery;

/// <summary>
/// Reads the lists of <c>targets</c> and <c>labels</c> that files and HTTP endpoints give, in JSON or YAML. Sources
/// are the origin with the index of the group behind.
/// </summary>
internal static class TargetGroupReader
{
    private const string Allowed = "a list of mappings with 'targets' (a list of texts) and 'labels' (a mapping of texts)";

    /// <summary>The groups of a JSON text; null with a problem that names the origin and the place.</summary>
    public static IReadOnlyList<TargetGroup>? ReadJson(string origin, ReadOnlyMemory<byte> content, out string? problem)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            return ReadGroups(origin, new JsonTargets(document.RootElement), out problem);
        }
        catch (JsonException error)
        {
            string reason = error.Message;
            int place = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
            problem = $"{origin}:{error.LineNumber + 1}:{error.BytePositionInLine + 1}: not JSON: "
                + (place < 0 ? reason : reason[..place]);
            return null;
        }
        catch (InvalidOperationException)
        {
            problem = $"{origin}: not JSON: a text is not valid UTF-8, or names half of a surrogate pair";
            return null;
        }
    }

    /// <summary>The groups of a YAML text; null with a problem that names the origin and the place.</summary>
    public static IReadOnlyList<TargetGroup>? ReadYaml(string origin, byte[] content, out string? problem)
    {
        ConfigErrors errors = new();
        YamlNode? root = YamlReader.Read(origin, content, errors);
        if (root is null)
        {
            problem = errors.Problems.Count == 0 ? null : string.Join('\n', errors.Problems);
            return problem is null ? [] : null;
        }

        return ReadGroups(origin, new YamlTargets(root), out problem);
    }

    private static List<TargetGroup>? ReadGroups<TNode>(string origin, TNode root, out string? problem)
        where TNode : struct, ITargetNode<TNode>
    {
        List<TargetGroup> groups = [];
        problem = null;
        if (root.IsNull)
        {
            return groups;
        }

        if (root.Items is not { } items)
        {
            problem = Wrong(origin, root.Position, "the document", root.Shape);
            return null;
        }

        foreach (TNode item in items)
        {
            string source = $"{origin}:{groups.Count}";
            if (ReadGroup(origin, source, item, out problem) is not { } group)
            {
                return null;
            }

            groups.Add(group);
        }

        return groups;
    }

    private static TargetGroup? ReadGroup<TNode>(string origin, string source, TNode item, out string? problem)
        where TNode : struct, ITargetNode<TNode>
    {
        problem = null;
        if (item.Members is not { } members)
        {
            problem = Wrong(origin, item.Position, "a target group", item.Shape);
            return null;
        }

        List<Labels> targets = [];
        LabelsBuilder shared = new();
        foreach ((string key, TNode value) in members)
        {
            problem = key switch
            {
                "targets" => ReadTargets(origin, value, targets),
                "labels" => ReadLabels(origin, value, shared),
                _ => $"{origin}{value.Position}: unknown key '{key}' in a target group (allowed targets, labels)",
            };
            if (problem is not null)
            {
                return null;
            }
        }

        return new TargetGroup(source, targets, shared.Build());
    }

    private static string? ReadTargets<TNode>(string origin, TNode node, List<Labels> targets)
        where TNode : struct, ITargetNode<TNode>
    {
        if (node.IsNull)
        {
            return null;
        }

        if (node.Items is not { } items)
        {
            return Wrong(origin, node.Position, "targets", node.Shape);
        }

        foreach (TNode item in items)
        {
            if (item.Text is not { } address)
            {
                return Wrong(origin, item.Position, "a target", item.Shape);
            }

            targets.Add(Labels.FromStrings("__address__", address));
        }

        return null;
    }

    private static string? ReadLabels<TNode>(string origin, TNode node, LabelsBuilder labels)
        where TNode : struct, ITargetNode<TNode>
    {
        if (node.IsNull)
        {
            return null;
        }

        if (node.Members is not { } members)
        {
            return Wrong(origin, node.Position, "labels", node.Shape);
        }

        foreach ((string name, TNode value) in members)
        {
            if (value.Text is not { } text)
            {
                return Wrong(origin, value.Position, $"the label '{name}'", value.Shape);
            }

            if (name.Length == 0)
            {
                return $"{origin}{value.Position}: a label's name is empty";
            }

            labels.Set(name, text);
        }

        return null;
    }

    private static string Wrong(string origin, string position, string what, string shape) =>
        $"{origin}{position}: {what} is {shape}, allowed {Allowed}";
}
