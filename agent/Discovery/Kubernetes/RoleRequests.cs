using AmpEdge.Agent.Config;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Which watches an entry of <c>kubernetes_sd_configs</c> needs.</summary>
internal static class RoleRequests
{
    /// <summary>
    /// For one namespace (empty: all): first what targets are made of, then what they are made with the help of.
    /// </summary>
    public static List<ResourceRequest> For(KubernetesDiscoveryConfig config, string ofNamespace, string localNode)
    {
        ResourceKind main = ResourceKind.OfRole(config.Role);
        string node = main == ResourceKind.Pods ? localNode : "";
        bool hasPods = main == ResourceKind.Pods || main == ResourceKind.Endpoints || main == ResourceKind.EndpointSlices;
        List<ResourceRequest> requests = [Request(config, main, ofNamespace, node)];
        if (hasPods && main != ResourceKind.Pods)
        {
            requests.Add(Request(config, ResourceKind.Services, ofNamespace, node));
            requests.Add(Request(config, ResourceKind.Pods, ofNamespace, node));
        }

        if (hasPods && config.AttachNodeMetadata)
        {
            requests.Add(Request(config, ResourceKind.Nodes, "", node));
        }

        if (main.IsNamespaced && config.AttachNamespaceMetadata)
        {
            // An account that may see one namespace only may ask for that one only.
            string field = ofNamespace.Length == 0 ? "" : $"metadata.name={ofNamespace}";
            requests.Add(new ResourceRequest(ResourceKind.Namespaces, FieldSelector: field));
        }

        if (hasPods && config.AttachDeploymentMetadata)
        {
            requests.Add(new ResourceRequest(ResourceKind.ReplicaSets, ofNamespace));
        }

        if (hasPods && config.AttachCronJobMetadata)
        {
            requests.Add(new ResourceRequest(ResourceKind.Jobs, ofNamespace));
        }

        return requests;
    }

    private static ResourceRequest Request(
        KubernetesDiscoveryConfig config, ResourceKind kind, string ofNamespace, string localNode)
    {
        string label = "";
        string field = "";
        foreach (KubernetesSelector selector in config.Selectors)
        {
            if (selector.Role == kind.Role)
            {
                (label, field) = (selector.Label, selector.Field);
            }
        }

        if (kind == ResourceKind.Pods)
        {
            field = NodeLocal.Limit(field, localNode);
        }
        else if (kind == ResourceKind.Nodes && localNode.Length > 0 && field.Length == 0)
        {
            // Pods of one node need no other node's labels.
            field = NodeLocal.NodeNamed(localNode);
        }

        return new ResourceRequest(kind, kind.IsNamespaced ? ofNamespace : "", label, field);
    }
}
