using System.Text.Json;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery;

/// <summary>Reads a file of file-based discovery: a list of <c>targets</c> and <c>labels</c>, in JSON or YAML.</summary>
internal static class TargetFile
{
    private const string Allowed = "a list of mappings with 'targets' (a list of texts) and 'labels' (a mapping of texts)";

    /// <summary>The groups of the file; null with a problem that names the file and the place.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<TargetGroup>? Read(string path, out string? problem)
    {
        byte[] content = System.IO.File.ReadAllBytes(path);
        string extension = Path.GetExtension(path).ToLowerInvariant();
        switch (extension)
        {
            case ".json":
                return ReadJson(path, content, out problem);
            case ".yml" or ".yaml":
                return ReadYaml(path, content, out problem);
            default:
                problem = $"{path}: unknown kind of target file (got '{extension}', allowed .json, .yml, .yaml)";
                return null;
        }
    }

    private static List<TargetGroup>? ReadJson(string path, byte[] content, out string? problem)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            return ReadGroups(path, new JsonTargets(document.RootElement), out problem);
        }
        catch (JsonException error)
        {
            string reason = error.Message;
            int place = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
            problem = $"{path}:{error.LineNumber + 1}:{error.BytePositionInLine + 1}: not JSON: "
                + (place < 0 ? reason : reason[..place]);
            return null;
        }
    }

    private static List<TargetGroup>? ReadYaml(string path, byte[] content, out string? problem)
    {
        ConfigErrors errors = new();
        YamlNode? root = YamlReader.Read(path, content, errors);
        if (root is null)
        {
            problem = errors.Problems.Count == 0 ? null : string.Join('\n', errors.Problems);
            return problem is null ? [] : null;
        }

        return ReadGroups(path, new YamlTargets(root), out problem);
    }

    private static List<TargetGroup>? ReadGroups<TNode>(string path, TNode root, out string? problem)
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
            problem = Wrong(path, root.Position, "the file", root.Shape);
            return null;
        }

        foreach (TNode item in items)
        {
            string source = $"{path}:{groups.Count}";
            if (ReadGroup(path, source, item, out problem) is not { } group)
            {
                return null;
            }

            groups.Add(group);
        }

        return groups;
    }

    private static TargetGroup? ReadGroup<TNode>(string path, string source, TNode item, out string? problem)
        where TNode : struct, ITargetNode<TNode>
    {
        problem = null;
        if (item.Members is not { } members)
        {
            problem = Wrong(path, item.Position, "a target group", item.Shape);
            return null;
        }

        List<Labels> targets = [];
        LabelsBuilder shared = new();
        foreach ((string key, TNode value) in members)
        {
            problem = key switch
            {
                "targets" => ReadTargets(path, value, targets),
                "labels" => ReadLabels(path, value, shared),
                _ => $"{path}{value.Position}: unknown key '{key}' in a target group (allowed targets, labels)",
            };
            if (problem is not null)
            {
                return null;
            }
        }

        return new TargetGroup(source, targets, shared.Build());
    }

    private static string? ReadTargets<TNode>(string path, TNode node, List<Labels> targets)
        where TNode : struct, ITargetNode<TNode>
    {
        if (node.IsNull)
        {
            return null;
        }

        if (node.Items is not { } items)
        {
            return Wrong(path, node.Position, "targets", node.Shape);
        }

        foreach (TNode item in items)
        {
            if (item.Text is not { } address)
            {
                return Wrong(path, item.Position, "a target", item.Shape);
            }

            targets.Add(Labels.FromStrings("__address__", address));
        }

        return null;
    }

    private static string? ReadLabels<TNode>(string path, TNode node, LabelsBuilder labels)
        where TNode : struct, ITargetNode<TNode>
    {
        if (node.IsNull)
        {
            return null;
        }

        if (node.Members is not { } members)
        {
            return Wrong(path, node.Position, "labels", node.Shape);
        }

        foreach ((string name, TNode value) in members)
        {
            if (value.Text is not { } text)
            {
                return Wrong(path, value.Position, $"the label '{name}'", value.Shape);
            }

            if (name.Length == 0)
            {
                return $"{path}{value.Position}: a label's name is empty";
            }

            labels.Set(name, text);
        }

        return null;
    }

    private static string Wrong(string path, string position, string what, string shape) =>
        $"{path}{position}: {what} is {shape}, allowed {Allowed}";
}
