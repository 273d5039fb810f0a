using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Prints the discovery sections of a scrape configuration.</summary>
internal static class DiscoveryConfigsYaml
{
    public static void Write(YamlWriter yaml, DiscoveryConfigs configs)
    {
        yaml.Items("static_configs", configs.Static, group => yaml
            .Texts("targets", group.Targets)
            .TextMap("labels", group.Labels));
        yaml.Items("file_sd_configs", configs.File, file => yaml
            .Texts("files", file.Files)
            .Duration("refresh_interval", file.RefreshInterval));
        yaml.Items("http_sd_configs", configs.Http, http =>
        {
            HttpClientConfigYaml.Write(yaml, http.HttpClient);
            yaml.Duration("refresh_interval", http.RefreshInterval).Url("url", http.Url.OriginalString);
        });
        yaml.Items("dns_sd_configs", configs.Dns, dns => yaml
            .Texts("names", dns.Names)
            .Duration("refresh_interval", dns.RefreshInterval)
            .Text("type", dns.Type)
            .Number("port", dns.Port));
        yaml.Items("kubernetes_sd_configs", configs.Kubernetes, kubernetes => WriteKubernetes(yaml, kubernetes));
        yaml.Items("ec2_sd_configs", configs.Ec2, ec2 =>
        {
            WriteAws(yaml, ec2);
            yaml.Number("port", ec2.Port);
        });
        yaml.Items("ecs_sd_configs", configs.Ecs, ecs => WriteEcs(yaml, ecs));
        yaml.Items("aws_sd_configs", configs.Aws, aws =>
        {
            yaml.Text("role", aws.Role);
            WriteAws(yaml, aws);
            yaml.Number("port", aws.Port);
        });
    }

    private static void WriteKubernetes(YamlWriter yaml, KubernetesDiscoveryConfig config)
    {
        yaml.TextUnlessEmpty("api_server", config.ApiServer);
        yaml.Text("role", config.Role);
        yaml.Text("kubeconfig_file", config.KubeconfigFile);
        HttpClientConfigYaml.Write(yaml, config.HttpClient);
        yaml.Section("namespaces", () => yaml
            .BoolIfTrue("own_namespace", config.OwnNamespace)
            .Texts("names", config.Namespaces));
        yaml.Items("selectors", config.Selectors, selector => yaml
            .Text("role", selector.Role)
            .TextUnlessEmpty("label", selector.Label)
            .TextUnlessEmpty("field", selector.Field));
        yaml.Section("attach_metadata", () => yaml
            .BoolIfTrue("node", config.AttachNodeMetadata)
            .BoolIfTrue("namespace", config.AttachNamespaceMetadata)
            .BoolIfTrue("deployment", config.AttachDeploymentMetadata)
            .BoolIfTrue("job", config.AttachJobMetadata)
            .BoolIfTrue("cronjob", config.AttachCronJobMetadata));
    }

    private static void WriteEcs(YamlWriter yaml, EcsDiscoveryConfig config)
    {
        yaml.Text("source", config.Source);
        WriteAws(yaml, config.Api);
        yaml.Number("port", config.Port);
        yaml.Texts("services", config.Services);
        yaml.TextMap("tags", config.Tags);
        yaml.Texts("port_labels", config.PortLabels);
        yaml.Texts("path_labels", config.PathLabels);
        yaml.Texts("job_labels", config.JobLabels);
    }

    private static void WriteAws(YamlWriter yaml, AwsDiscoveryConfig config)
    {
        yaml.TextUnlessEmpty("endpoint", config.Endpoint);
        yaml.Text("region", config.Region);
        yaml.TextUnlessEmpty("access_key", config.AccessKey);
        yaml.Secret("secret_key", config.SecretKey);
        yaml.TextUnlessEmpty("profile", config.Profile);
        yaml.TextUnlessEmpty("role_arn", config.RoleArn);
        yaml.TextUnlessEmpty("external_id", config.ExternalId);
        yaml.Texts("clusters", config.Clusters);
        yaml.Duration("refresh_interval", config.RefreshInterval);
        if (config.Role == "ecs")
        {
            yaml.Number("request_concurrency", config.RequestConcurrency);
        }

        yaml.Items("filters", config.Filters, filter => yaml.Text("name", filter.Key).Texts("values", filter.Value));
        HttpClientConfigYaml.Write(yaml, config.HttpClient);
    }
}
