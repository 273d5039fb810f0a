using System.Text.Json;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Reads each kind of object from the API's JSON.</summary>
internal static class ObjectReader
{
    public static KubernetesObject? ReadPod(ReadOnlySpan<byte> utf8, LabelsBuilder labels)
    {
        PodJson? json = JsonSerializer.Deserialize(utf8, KubernetesJson.Default.PodJson);
        return json?.Metadata is { Name.Length: > 0 } meta ? PodReader.Read(json, meta, labels) : null;
    }

    public static KubernetesObject? ReadNode(ReadOnlySpan<byte> utf8, LabelsBuilder labels)
    {
        NodeJson? json = JsonSerializer.Deserialize(utf8, KubernetesJson.Default.NodeJson);
        return json?.Metadata is { Name.Length: > 0 } meta ? NodeReader.Read(json, meta, labels) : null;
    }

    public static KubernetesObject? ReadService(ReadOnlySpan<byte> utf8, LabelsBuilder labels)
    {
        ServiceJson? json = JsonSerializer.Deserialize(utf8, KubernetesJson.Default.ServiceJson);
        return json?.Metadata is { Name.Length: > 0 } meta ? ServiceReader.Read(json, meta, labels) : null;
    }

    public static KubernetesObject? ReadEndpoints(ReadOnlySpan<byte> utf8, LabelsBuilder labels)
    {
        EndpointsJson? json = JsonSerializer.Deserialize(utf8, KubernetesJson.Default.EndpointsJson);
        return json?.Metadata is { Name.Length: > 0 } meta ? EndpointsReader.Read(json, meta, labels) : null;
    }

    public static KubernetesObject? ReadEndpointSlice(ReadOnlySpan<byte> utf8, LabelsBuilder labels)
    {
        EndpointSliceJson? json = JsonSerializer.Deserialize(utf8, KubernetesJson.Default.EndpointSliceJson);
        return json?.Metadata is { Name.Length: > 0 } meta ? EndpointSliceReader.Read(json, meta, labels) : null;
    }

    public static KubernetesObject? ReadIngress(ReadOnlySpan<byte> utf8, LabelsBuilder labels)
    {
        IngressJson? json = JsonSerializer.Deserialize(utf8, KubernetesJson.Default.IngressJson);
        return json?.Metadata is { Name.Length: > 0 } meta ? IngressReader.Read(json, meta, labels) : null;
    }

    public static KubernetesObject? ReadNamespace(ReadOnlySpan<byte> utf8, LabelsBuilder labels)
    {
        if (ReadMeta(utf8) is not { } meta)
        {
            return null;
        }

        labels.Reset();
        MetaLabels.AddMaps(labels, "namespace", meta);
        return new ClusterNamespace(KeyOf(meta), labels.Build());
    }

    /// <summary>A ReplicaSet or a Job.</summary>
    public static KubernetesObject? ReadOwned(ReadOnlySpan<byte> utf8, LabelsBuilder labels) =>
        ReadMeta(utf8) is { } meta ? new OwnedObject(KeyOf(meta), OwnerReader.ControllerOf(meta)) : null;

    /// <summary>The metadata of any object; null when it has no name.</summary>
    public static ObjectMetaJson? ReadMeta(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, KubernetesJson.Default.MetadataOnlyJson)?.Metadata is { Name.Length: > 0 } meta
            ? meta
            : null;

    public static ObjectKey KeyOf(ObjectMetaJson meta) => new(meta.Namespace ?? "", meta.Name ?? "");

    /// <summary>The texts that are there.</summary>
    public static string[] Texts(List<string?>? given)
    {
        List<string> texts = [];
        foreach (string? text in given ?? [])
        {
            if (text is not null)
            {
                texts.Add(text);
            }
        }

        return [.. texts];
    }
}
