using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The <c>__meta_kubernetes_…</c> labels that all kinds of objects have in common.</summary>
internal static class MetaLabels
{
    public const string Prefix = "__meta_kubernetes_";
    public const string Namespace = Prefix + "namespace";
    public const string Present = "true";

    /// <summary>The name, the namespace, and the labels and annotations of an object, under its role.</summary>
    public static void AddObject(LabelsBuilder labels, string role, ObjectMetaJson meta)
    {
        labels.Set($"{Prefix}{role}_name", meta.Name ?? "");
        labels.Set(Namespace, meta.Namespace ?? "");
        AddMaps(labels, role, meta);
    }

    /// <summary>The labels and annotations of an object, under its role.</summary>
    public static void AddMaps(LabelsBuilder labels, string role, ObjectMetaJson meta)
    {
        AddMap(labels, $"{Prefix}{role}_label", meta.Labels);
        AddMap(labels, $"{Prefix}{role}_annotation", meta.Annotations);
    }

    /// <summary>Adds all labels of a set but the namespace, which the target has from the object that it comes from.</summary>
    public static void AddAllButNamespace(LabelsBuilder labels, Labels meta)
    {
        foreach (LabelPair label in meta)
        {
            if (!label.Name.SequenceEqual("__meta_kubernetes_namespace"u8))
            {
                labels.Set(label.Name, label.Value);
            }
        }
    }

    /// <summary>
    /// When two keys become one name (<c>a.b</c> and <c>a-b</c>), the one that comes first in byte order gives the
    /// value. Prometheus takes either, at random; targets that change at random would be worse.
    /// </summary>
    private static void AddMap(LabelsBuilder labels, string prefix, Dictionary<string, string?>? map)
    {
        if (map is null)
        {
            return;
        }

        string[] keys = [.. map.Keys];
        Array.Sort(keys, StringComparer.Ordinal);
        foreach (string key in keys)
        {
            string name = LabelNames.Sanitize(key);
            string present = $"{prefix}present_{name}";
            if (labels.GetString(present).Length == 0)
            {
                labels.Set(present, Present);
                labels.Set($"{prefix}_{name}", map[key] ?? "");
            }
        }
    }
}
