namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Finds controllers among owners.</summary>
internal static class OwnerReader
{
    /// <summary>The owner that is the controller; null without one.</summary>
    public static ObjectOwner? ControllerOf(ObjectMetaJson meta)
    {
        foreach (OwnerReferenceJson? owner in meta.OwnerReferences ?? [])
        {
            if (owner is { Controller: true })
            {
                return new ObjectOwner(owner.Kind ?? "", owner.Name ?? "");
            }
        }

        return null;
    }
}
