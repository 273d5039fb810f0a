using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Reads <c>ec2_sd_configs</c>, <c>ecs_sd_configs</c> and <c>aws_sd_configs</c>.</summary>
internal static class AwsDiscoveryReader
{
    private const string Ec2 = "ec2";
    private const string Ecs = "ecs";

    public static List<AwsDiscoveryConfig> ReadEc2(ConfigSection section)
    {
        List<AwsDiscoveryConfig> configs = [];
        foreach (ConfigSection entry in section.Sections(
            "ec2_sd_configs", "aws.plain", "empty or null section in ec2_sd_configs"))
        {
            configs.Add(ReadApi(entry, Ec2) with
            {
                Port = ReadPort(entry, AwsDiscoveryConfig.DefaultPort),
                Filters = ReadFilters(entry),
            });
            entry.End();
        }

        return configs;
    }

    public static List<EcsDiscoveryConfig> ReadEcs(ConfigSection section)
    {
        List<EcsDiscoveryConfig> configs = [];
        foreach (ConfigSection entry in section.Sections(
            "ecs_sd_configs", "aws.plain", "empty or null section in ecs_sd_configs"))
        {
            EcsDiscoveryConfig config = new() { Api = ReadEcsApi(entry) };
            configs.Add(config with
            {
                Source = entry.Choice("source", config.Source, EcsDiscoveryConfig.FromApi, EcsDiscoveryConfig.FromTaskMetadata),
                Port = ReadPort(entry, 0),
                Services = entry.Texts("services"),
                Tags = entry.TextMap("tags"),
                PortLabels = entry.OptionalTexts("port_labels") ?? config.PortLabels,
                PathLabels = entry.OptionalTexts("path_labels") ?? config.PathLabels,
                JobLabels = entry.OptionalTexts("job_labels") ?? config.JobLabels,
            });
            entry.End();
        }

        return configs;
    }

    public static List<AwsDiscoveryConfig> ReadAws(ConfigSection section)
    {
        List<AwsDiscoveryConfig> configs = [];
        foreach (ConfigSection entry in section.Sections(
            "aws_sd_configs", "aws.plain", "empty or null section in aws_sd_configs"))
        {
            string role = entry.Text("role");
            if (role is not (Ec2 or Ecs))
            {
                entry.Fail("role", $"unknown AWS SD role \"{role}\"", role, "ec2, ecs");
            }

            configs.Add((role == Ecs ? ReadEcsApi(entry) : ReadApi(entry, role)) with
            {
                Port = ReadPort(entry, AwsDiscoveryConfig.DefaultPort),
                Filters = ReadFilters(entry),
            });
            entry.End();
        }

        return configs;
    }

    private static int ReadPort(ConfigSection entry, int defaultValue) => entry.Int("port", defaultValue, 0, 65535);

    private static AwsDiscoveryConfig ReadEcsApi(ConfigSection entry)
    {
        AwsDiscoveryConfig config = ReadApi(entry, Ecs);
        return config with
        {
            Clusters = entry.Texts("clusters"),
            RequestConcurrency = entry.Int("request_concurrency", config.RequestConcurrency, 1, 1000),
        };
    }

    private static AwsDiscoveryConfig ReadApi(ConfigSection entry, string role)
    {
        ConfigUrl.TryRead(entry, "endpoint", out _);
        AwsDiscoveryConfig config = new()
        {
            Role = role,
            Region = entry.Text("region"),
            Endpoint = entry.Text("endpoint"),
            AccessKey = entry.Text("access_key"),
            SecretKey = entry.Secret("secret_key"),
            Profile = entry.Text("profile"),
            RoleArn = entry.Text("role_arn"),
            ExternalId = entry.Text("external_id"),
            RefreshInterval = DiscoveryReader.ReadInterval(entry, TimeSpan.FromSeconds(60)),
            HttpClient = HttpClientConfigReader.Read(entry),
        };
        if (config.AccessKey.Length > 0 != config.SecretKey is { IsEmpty: false })
        {
            entry.Fail("access_key", "access_key and secret_key are given together or not at all");
        }

        return config;
    }

    private static List<KeyValuePair<string, IReadOnlyList<string>>> ReadFilters(ConfigSection entry)
    {
        List<KeyValuePair<string, IReadOnlyList<string>>> filters = [];
        foreach (ConfigSection section in entry.Sections("filters", "aws.EC2Filter", "empty or null filter"))
        {
            IReadOnlyList<string> values = section.Texts("values");
            if (values.Count == 0)
            {
                section.Fail("values", "EC2 SD configuration filter values cannot be empty");
            }

            filters.Add(new(section.Text("name"), values));
            section.End();
        }

        return filters;
    }
}
