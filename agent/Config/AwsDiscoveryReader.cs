using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Reads <c>ec2_sd_configs</c> and <c>aws_sd_configs</c>.</summary>
internal static class AwsDiscoveryReader
{
    public static List<AwsDiscoveryConfig> ReadEc2(ConfigSection section)
    {
        List<AwsDiscoveryConfig> configs = [];
        foreach (ConfigSection entry in section.Sections(
            "ec2_sd_configs", "aws.plain", "empty or null section in ec2_sd_configs"))
        {
            configs.Add(ReadOne(entry, "ec2"));
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
            if (role is not ("ec2" or "ecs"))
            {
                entry.Fail("role", $"unknown AWS SD role \"{role}\"", role, "ec2, ecs");
            }

            configs.Add(ReadOne(entry, role));
            entry.End();
        }

        return configs;
    }

    private static AwsDiscoveryConfig ReadOne(ConfigSection entry, string role) => new()
    {
        Role = role,
        Region = entry.Text("region"),
        Endpoint = entry.Text("endpoint"),
        AccessKey = entry.Text("access_key"),
        SecretKey = entry.Secret("secret_key"),
        Profile = entry.Text("profile"),
        RoleArn = entry.Text("role_arn"),
        Port = entry.Int("port", 80, 0, 65535),
        RefreshInterval = DiscoveryReader.ReadInterval(entry, TimeSpan.FromSeconds(60)),
        Filters = ReadFilters(entry),
        Clusters = role == "ecs" ? entry.Texts("clusters") : [],
        HttpClient = HttpClientConfigReader.Read(entry),
    };

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
