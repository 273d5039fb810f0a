namespace AmpEdge.Agent.Config;

/// <summary>Limits what is watched of one resource, by label and field selectors in Kubernetes's syntax.</summary>
internal sealed record KubernetesSelector(string Role, string Label, string Field);
