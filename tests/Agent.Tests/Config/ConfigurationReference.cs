using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using AmpEdge.Agent.Config;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;

namespace AmpEdge.Agent.Tests.Config;

/// <summary>Writes docs/configuration.md from the configuration records: their properties, defaults and doc comments.</summary>
internal static partial class ConfigurationReference
{
    private static readonly (string Title, Type Record, string SourceFolder)[] s_sections =
    [
        ("global", typeof(GlobalConfig), "agent/Config"),
        ("scrape_configs", typeof(ScrapeConfig), "agent/Config"),
        ("static_configs", typeof(StaticConfig), "agent/Config"),
        ("file_sd_configs", typeof(FileDiscoveryConfig), "agent/Config"),
        ("ec2_sd_configs, aws_sd_configs, and the api of ecs_sd_configs", typeof(AwsDiscoveryConfig), "agent/Config"),
        ("ecs_sd_configs", typeof(EcsDiscoveryConfig), "agent/Config"),
        ("remote_write", typeof(RemoteWriteConfig), "agent/Config"),
        ("queue_config", typeof(QueueConfig), "agent/Config"),
        ("metadata_config", typeof(MetadataConfig), "agent/Config"),
        ("sigv4", typeof(SigV4Config), "core/Hosting/HttpClient"),
        ("HTTP client (in scrape_configs and remote_write)", typeof(HttpClientConfig), "core/Hosting/HttpClient"),
        ("basic_auth", typeof(BasicAuthConfig), "core/Hosting/HttpClient"),
        ("authorization", typeof(AuthorizationConfig), "core/Hosting/HttpClient"),
        ("oauth2", typeof(OAuth2Config), "core/Hosting/HttpClient"),
        ("tls_config", typeof(TlsConfig), "core/Hosting/HttpClient"),
        ("proxy", typeof(ProxyConfig), "core/Hosting/HttpClient"),
    ];

    /// <summary>Keys whose records are named otherwise than by their words.</summary>
    private static readonly Dictionary<string, string> s_keys = new(StringComparer.Ordinal)
    {
        ["OAuth2"] = "oauth2", ["SigV4"] = "sigv4", ["Tls"] = "tls_config", ["Queue"] = "queue_config",
        ["Metadata"] = "metadata_config", ["HttpClient"] = "(HTTP client keys)", ["Proxy"] = "(proxy keys)",
        ["Discovery"] = "(discovery keys)", ["Api"] = "(keys of the API)", ["FromEnvironment"] = "proxy_from_environment",
        ["RelabelRules"] = "relabel_configs", ["MetricRelabelRules"] = "metric_relabel_configs",
        ["WriteRelabelRules"] = "write_relabel_configs", ["EnableHttp2"] = "enable_http2", ["RetryOnHttp429"] = "retry_on_http_429",
        ["ConnectHeaders"] = "proxy_connect_header",
    };

    public static string Write()
    {
        StringBuilder text = new(
            "# Configuration of the agent\n\nMade from the configuration records by a test; change the records, not this page.\n");
        foreach ((string title, Type record, string folder) in s_sections)
        {
            string source = File.ReadAllText(Path.Combine(Oracle.RepositoryRoot, folder, record.Name + ".cs"));
            text.Append("\n## ").Append(title).Append("\n\n| key | default | meaning |\n| --- | --- | --- |\n");
            object? defaults = Defaults(record);
            foreach (PropertyInfo property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                if (property.CanWrite)
                {
                    string value = defaults is null ? "" : Shown(property.GetValue(defaults));
                    text.Append("| ").Append(Key(property.Name)).Append(" | ").Append(value).Append(" | ")
                        .Append(Meaning(source, property.Name)).Append(" |\n");
                }
            }
        }

        return text.ToString();
    }

    private static object? Defaults(Type record)
    {
        if (record == typeof(ScrapeConfig))
        {
            return new ScrapeConfig { JobName = "" };
        }

        if (record == typeof(RemoteWriteConfig))
        {
            return new RemoteWriteConfig { Url = new Uri("http://localhost") };
        }

        if (record == typeof(AwsDiscoveryConfig))
        {
            return new AwsDiscoveryConfig { Role = "" };
        }

        if (record == typeof(EcsDiscoveryConfig))
        {
            return new EcsDiscoveryConfig { Api = new AwsDiscoveryConfig { Role = "" } };
        }

        return record.GetConstructor(Type.EmptyTypes)?.Invoke(null);
    }

    private static string Key(string property) =>
        s_keys.TryGetValue(property, out string? key) ? key : Words().Replace(property, "_$1").ToLowerInvariant();

    private static string Shown(object? value) => value switch
    {
        null or "" or Uri => "",
        TimeSpan duration => PrometheusDuration.Format(duration),
        bool flag => flag ? "true" : "false",
        string or ulong or int or double or ByteSize => $"{value}",
        IEnumerable<string> texts => string.Join(", ", texts),
        _ => "",
    };

    /// <summary>The doc comment above the property, on one line.</summary>
    private static string Meaning(string source, string property)
    {
        Match declared = Regex.Match(source, $@"((?:^ *///[^\n]*\n)+)^ *public [^\n]*\b{property} *\{{", RegexOptions.Multiline);
        string written = declared.Success
            ? declared.Groups[1].Value
            : Regex.Match(source, $"<param name=\"{property}\">(.*?)</param>", RegexOptions.Singleline).Groups[1].Value;
        string comment = Code().Replace(written, "`$1$2`");
        comment = Markup().Replace(comment, "");
        return Spaces().Replace(comment.Replace("///", " ", StringComparison.Ordinal), " ").Trim();
    }

    [GeneratedRegex("(?<=[a-z0-9])([A-Z])")]
    private static partial Regex Words();

    [GeneratedRegex("<c>(.*?)</c>|<see cref=\"(?:[A-Za-z]+\\.)?([A-Za-z0-9]+)\"/>")]
    private static partial Regex Code();

    [GeneratedRegex("</?summary>")]
    private static partial Regex Markup();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();
}
