using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Keeps what is used of an ingress.</summary>
internal static class IngressReader
{
    private const string DefaultPath = "/";

    public static Ingress Read(IngressJson json, ObjectMetaJson meta, LabelsBuilder labels)
    {
        labels.Reset();
        MetaLabels.AddObject(labels, "ingress", meta);
        labels.Set(MetaLabels.Prefix + "ingress_class_name", json.Spec?.IngressClassName ?? "");
        List<IngressRule> rules = [];
        foreach (IngressJson.Rule? rule in json.Spec?.Rules ?? [])
        {
            if (rule is not null)
            {
                rules.Add(new IngressRule(rule.Host ?? "", Paths(rule.Http)));
            }
        }

        List<string> hosts = [];
        foreach (IngressJson.IngressTls? tls in json.Spec?.Tls ?? [])
        {
            hosts.AddRange(ObjectReader.Texts(tls?.Hosts));
        }

        return new Ingress(ObjectReader.KeyOf(meta), labels.Build()) { Rules = [.. rules], TlsHosts = [.. hosts] };
    }

    private static string[] Paths(IngressJson.HttpRule? http)
    {
        if (http is null)
        {
            return [DefaultPath];
        }

        List<string> paths = [];
        foreach (IngressJson.HttpPath? path in http.Paths ?? [])
        {
            paths.Add(path?.Path is { Length: > 0 } given ? given : DefaultPath);
        }

        return [.. paths];
    }
}
