using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Reads <c>kubernetes_sd_configs</c>.</summary>
internal static class KubernetesDiscoveryReader
{
    private const string Roles = "pod, service, endpoints, endpointslice, node, ingress";

    public static List<KubernetesDiscoveryConfig> Read(ConfigSection section)
    {
        List<KubernetesDiscoveryConfig> configs = [];
        foreach (ConfigSection entry in section.Sections(
            "kubernetes_sd_configs", "kubernetes.plain", "empty or null section in kubernetes_sd_configs"))
        {
            configs.Add(ReadOne(entry));
            entry.End();
        }

        return configs;
    }

    private static KubernetesDiscoveryConfig ReadOne(ConfigSection entry)
    {
        string role = ReadRole(entry);
        ConfigSection? namespaces = entry.Section("namespaces", "kubernetes.plain");
        ConfigSection? attach = entry.Section("attach_metadata", "kubernetes.plain");
        KubernetesDiscoveryConfig config = new()
        {
            Role = role,
            ApiServer = entry.Text("api_server"),
            KubeconfigFile = entry.FilePath("kubeconfig_file"),
            OwnNamespace = namespaces?.Bool("own_namespace", false) ?? false,
            Namespaces = namespaces?.Texts("names") ?? [],
            AttachNodeMetadata = attach?.Bool("node", false) ?? false,
            AttachNamespaceMetadata = attach?.Bool("namespace", false) ?? false,
            AttachDeploymentMetadata = attach?.Bool("deployment", false) ?? false,
            AttachJobMetadata = attach?.Bool("job", false) ?? false,
            AttachCronJobMetadata = attach?.Bool("cronjob", false) ?? false,
            Selectors = ReadSelectors(entry, role),
            HttpClient = HttpClientConfigReader.Read(entry),
        };
        namespaces?.End();
        attach?.End();
        if (config.ApiServer.Length > 0)
        {
            ConfigUrl.TryRead(entry, "api_server", out _);
        }

        ValidateAccess(entry, config);
        return config;
    }

    private static string ReadRole(ConfigSection entry)
    {
        string role = entry.Text("role");
        if (role.Length == 0)
        {
            entry.Fail("role", $"role missing (one of: {Roles})");
        }
        else if (SelectorRoles(role).Length == 0)
        {
            entry.Fail("role", $"unknown Kubernetes SD role \"{role}\"", role, Roles);
        }

        return role;
    }

    /// <summary>There are three ways into a cluster (own, kubeconfig, address), and they do not mix.</summary>
    private static void ValidateAccess(ConfigSection entry, KubernetesDiscoveryConfig config)
    {
        bool apiServer = config.ApiServer.Length > 0;
        bool kubeconfig = config.KubeconfigFile.Length > 0;
        if (kubeconfig && apiServer)
        {
            entry.Fail("kubeconfig_file", "cannot use 'kubeconfig_file' and 'api_server' simultaneously");
        }
        else if (kubeconfig && !config.HttpClient.IsDefault)
        {
            entry.Fail("kubeconfig_file", "cannot use a custom HTTP client configuration together with 'kubeconfig_file'");
        }
        else if (!apiServer && !config.HttpClient.IsDefault)
        {
            entry.Fail("to use custom HTTP client configuration please provide the 'api_server' URL explicitly");
        }

        if (config.OwnNamespace && apiServer)
        {
            entry.Fail("namespaces", "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously");
        }
        else if (config.OwnNamespace && kubeconfig)
        {
            entry.Fail("namespaces", "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously");
        }
    }

    private static List<KubernetesSelector> ReadSelectors(ConfigSection entry, string role)
    {
        List<KubernetesSelector> selectors = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (ConfigSection section in entry.Sections("selectors", "kubernetes.plain", "empty or null selector"))
        {
            KubernetesSelector selector = new(section.Text("role"), section.Text("label"), section.Text("field"));
            section.End();
            selectors.Add(selector);
            if (!seen.Add(selector.Role))
            {
                section.Fail("role", $"duplicated selector role: {selector.Role}");
            }

            string[] allowed = SelectorRoles(role);
            if (allowed.Length > 0 && Array.IndexOf(allowed, selector.Role) < 0)
            {
                section.Fail("role", $"{role} role supports only {string.Join(", ", allowed)} selectors", selector.Role);
            }

            if (KubernetesSelectorSyntax.FieldProblem(selector.Field) is { } fieldProblem)
            {
                section.Fail("field", fieldProblem, selector.Field, "terms such as metadata.name=x, joined by commas");
            }

            if (KubernetesSelectorSyntax.LabelProblem(selector.Label) is { } labelProblem)
            {
                section.Fail("label", labelProblem, selector.Label, "terms such as app=x, app!=x, app in (x,y), !app, joined by commas");
            }
        }

        return selectors;
    }

    /// <summary>Which resources may be selected for a role; none for an unknown role.</summary>
    private static string[] SelectorRoles(string role) => role switch
    {
        "pod" => ["pod", "node"],
        "service" => ["service"],
        "endpointslice" => ["pod", "service", "endpointslice", "node"],
        "endpoints" => ["pod", "service", "endpoints", "node"],
        "node" => ["node"],
        "ingress" => ["ingress"],
        _ => [],
    };
}
