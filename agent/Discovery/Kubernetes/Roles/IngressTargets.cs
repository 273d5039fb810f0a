using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Role ingress: a target for each path of each rule, at the rule's host.</summary>
internal static class IngressTargets
{
    private const string Prefix = MetaLabels.Prefix + "ingress_";

    public static TargetGroup Build(Ingress ingress, RelatedObjects related, LabelsBuilder labels)
    {
        List<Labels> targets = [];
        foreach (IngressRule rule in ingress.Rules)
        {
            foreach (string path in rule.Paths)
            {
                labels.Reset();
                labels.Set("__address__", rule.Host);
                labels.Set(Prefix + "scheme", IsTls(ingress, rule.Host) ? "https" : "http");
                labels.Set(Prefix + "host", rule.Host);
                labels.Set(Prefix + "path", path);
                targets.Add(labels.Build());
            }
        }

        return new TargetGroup(RoleTargets.SourceOf(ResourceKind.Ingresses, ingress.Key), targets, related.WithNamespace(ingress.Meta, ingress.Key, labels));
    }

    private static bool IsTls(Ingress ingress, string host)
    {
        foreach (string pattern in ingress.TlsHosts)
        {
            if (Matches(pattern, host))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Equal, or a pattern whose leading <c>*</c> stands for exactly one label of the name.</summary>
    private static bool Matches(string pattern, string host)
    {
        int dot = host.IndexOf('.', StringComparison.Ordinal);
        ReadOnlySpan<char> parent = dot < 0 ? "" : host.AsSpan(dot);
        return pattern == host || (pattern.StartsWith('*') && pattern.AsSpan(1).SequenceEqual(parent));
    }
}
