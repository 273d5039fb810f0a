using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Makes an object out of its JSON; null when that has no name. <paramref name="labels"/> is scratch room.</summary>
/// <exception cref="System.Text.Json.JsonException">It is no JSON, or a field has another type.</exception>
internal delegate KubernetesObject? ReadObject(ReadOnlySpan<byte> json, LabelsBuilder labels);
