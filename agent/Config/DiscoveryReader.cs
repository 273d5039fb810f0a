using System.Text.RegularExpressions;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Reads the discovery sections of a scrape configuration.</summary>
internal static partial class DiscoveryReader
{
    /// <summary>The kinds of Prometheus that AmpEdge leaves to Prometheus: their clouds have no AMP beside them.</summary>
    private static readonly string[] s_neverSupported =
    [
        "azure_sd_configs", "consul_sd_configs", "digitalocean_sd_configs", "docker_sd_configs", "dockerswarm_sd_configs",
        "eureka_sd_configs", "gce_sd_configs", "hetzner_sd_configs", "ionos_sd_configs", "kuma_sd_configs",
        "lightsail_sd_configs", "linode_sd_configs", "marathon_sd_configs", "nerve_sd_configs", "nomad_sd_configs",
        "oci_sd_configs", "openstack_sd_configs", "outscale_sd_configs", "ovhcloud_sd_configs", "puppetdb_sd_configs",
        "scaleway_sd_configs", "serverset_sd_configs", "stackit_sd_configs", "triton_sd_configs", "uyuni_sd_configs",
        "vultr_sd_configs",
    ];

    public static DiscoveryConfigs Read(ConfigSection section, string validation)
    {
        foreach (string kind in s_neverSupported)
        {
            if (section.Node(kind) is not null)
            {
                section.Fail(
                    kind, $"{kind} is not supported by AmpEdge", null,
                    "static, file, http, dns, kubernetes, ec2, ecs and aws; a file_sd_configs can bridge to others");
            }
        }

        return new DiscoveryConfigs
        {
            Static = ReadStatic(section, validation),
            File = ReadFile(section),
            Http = ReadHttp(section),
            Dns = ReadDns(section),
            Kubernetes = KubernetesDiscoveryReader.Read(section),
            Ec2 = AwsDiscoveryReader.ReadEc2(section),
            Ecs = AwsDiscoveryReader.ReadEcs(section),
            Aws = AwsDiscoveryReader.ReadAws(section),
        };
    }

    private static List<StaticConfig> ReadStatic(ConfigSection section, string validation)
    {
        List<StaticConfig> configs = [];
        foreach (ConfigSection entry in section.Sections(
            "static_configs", "struct", "empty or null section in static_configs"))
        {
            configs.Add(new StaticConfig(entry.Texts("targets"), LabelMapReader.Read(entry, "labels", validation)));
            entry.End();
        }

        return configs;
    }

    private static List<FileDiscoveryConfig> ReadFile(ConfigSection section)
    {
        List<FileDiscoveryConfig> configs = [];
        foreach (ConfigSection entry in Entries(section, "file_sd_configs", "file.plain"))
        {
            IReadOnlyList<string> files = entry.FilePaths("files");
            if (files.Count == 0)
            {
                entry.Fail("files", "file service discovery config must contain at least one path name");
            }

            foreach (string file in files)
            {
                if (!FilePattern().IsMatch(file))
                {
                    entry.Fail(
                        "files", $"path name \"{file}\" is not valid for file discovery", file,
                        "a .json, .yml or .yaml file, with at most one * and that in its last part");
                }
            }

            configs.Add(new FileDiscoveryConfig(files, ReadInterval(entry, TimeSpan.FromMinutes(5))));
            entry.End();
        }

        return configs;
    }

    private static List<HttpDiscoveryConfig> ReadHttp(ConfigSection section)
    {
        List<HttpDiscoveryConfig> configs = [];
        foreach (ConfigSection entry in Entries(section, "http_sd_configs", "http.plain"))
        {
            if (entry.Text("url").Length == 0)
            {
                entry.Fail("url", "URL is missing");
            }

            bool usable = ConfigUrl.TryRead(entry, "url", out Uri? url);
            TimeSpan refresh = ReadInterval(entry, TimeSpan.FromMinutes(1));
            HttpClientConfig client = HttpClientConfigReader.Read(entry);
            entry.End();
            if (usable && url is not null)
            {
                configs.Add(new HttpDiscoveryConfig(url, refresh, client));
            }
        }

        return configs;
    }

    private static List<DnsDiscoveryConfig> ReadDns(ConfigSection section)
    {
        List<DnsDiscoveryConfig> configs = [];
        foreach (ConfigSection entry in Entries(section, "dns_sd_configs", "dns.plain"))
        {
            IReadOnlyList<string> names = entry.Texts("names");
            string type = entry.Text("type", "SRV").ToUpperInvariant();
            int port = entry.Int("port", 0, 0, 65535);
            if (names.Count == 0)
            {
                entry.Fail("names", "DNS-SD config must contain at least one SRV record name");
            }

            if (type is not ("SRV" or "A" or "AAAA" or "MX" or "NS"))
            {
                entry.Fail("type", $"invalid DNS-SD records type {type}", type, "SRV, A, AAAA, MX, NS");
            }
            else if (type != "SRV" && port == 0)
            {
                entry.Fail("port", "a port is required in DNS-SD configs for all record types except SRV");
            }

            configs.Add(new DnsDiscoveryConfig(names, type, port, ReadInterval(entry, TimeSpan.FromSeconds(30))));
            entry.End();
        }

        return configs;
    }

    /// <summary>An interval of zero would ask without a pause.</summary>
    internal static TimeSpan ReadInterval(ConfigSection entry, TimeSpan defaultValue)
    {
        TimeSpan interval = entry.Duration("refresh_interval", defaultValue);
        if (interval == TimeSpan.Zero)
        {
            entry.Fail("refresh_interval", "refresh_interval must be above 0", "0s", "a duration such as 30s or 1m");
        }

        return interval;
    }

    private static IReadOnlyList<ConfigSection> Entries(ConfigSection section, string key, string typeName) =>
        section.Sections(key, typeName, $"empty or null section in {key}");

    [GeneratedRegex(@"^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$")]
    private static partial Regex FilePattern();
}
