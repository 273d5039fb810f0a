namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A host, which may be empty, and its paths; a rule that names none has the path <c>/</c>.</summary>
internal sealed record IngressRule(string Host, string[] Paths);
