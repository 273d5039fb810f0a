namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Names an object among those of its kind. The namespace is empty for what belongs to the whole cluster.</summary>
internal readonly record struct ObjectKey(string Namespace, string Name)
{
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
