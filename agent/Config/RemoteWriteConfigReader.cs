using AmpEdge.Agent.Buffer;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Reads the entries of <c>remote_write</c>.</summary>
internal static class RemoteWriteConfigReader
{
    private static readonly HashSet<string> s_reservedHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "host", "content-encoding", "content-length", "content-type", "user-agent", "connection", "keep-alive",
        "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding",
        "x-prometheus-remote-write-version", "x-prometheus-remote-read-version", "x-amz-date", "x-amz-security-token",
        "x-amz-content-sha256",
    };

    public static IReadOnlyList<RemoteWriteConfig> ReadAll(
        ConfigSection root, GlobalConfig global, BufferOptions buffer)
    {
        List<RemoteWriteConfig> configs = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (ConfigSection section in root.Sections(
            "remote_write", "config.plain", "empty or null remote write config section"))
        {
            RemoteWriteConfig? config = Read(section, global, buffer);
            string name = section.Text("name");
            section.End();
            if (name.Length > 0 && !names.Add(name))
            {
                section.Fail("name", $"found multiple remote write configs with job name \"{name}\"", name);
            }

            if (config is not null)
            {
                configs.Add(config);
            }
        }

        return configs;
    }

    /// <summary>Null, with the problem reported, when there is no usable URL.</summary>
    private static RemoteWriteConfig? Read(ConfigSection section, GlobalConfig global, BufferOptions buffer)
    {
        if (section.Text("url").Length == 0)
        {
            section.Fail("url", "url for remote_write is empty");
        }

        bool hasUrl = ConfigUrl.TryRead(section, "url", out Uri? url);
        url ??= new Uri("http://localhost");
        RemoteWriteConfig config = new()
        {
            Url = url,
            Name = section.Text("name"),
            RemoteTimeout = section.Duration("remote_timeout", TimeSpan.FromSeconds(30)),
            Headers = ReadHeaders(section),
            WriteRelabelRules = RelabelReader.Read(
                section, "write_relabel_configs", "empty or null relabeling rule in remote write config",
                global.MetricNameValidationScheme == NameSchemes.Utf8),
            SendExemplars = section.Bool("send_exemplars", false),
            SendNativeHistograms = section.Bool("send_native_histograms", false),
            RoundRobinDns = section.Bool("round_robin_dns", false),
            ProtobufMessage = ReadMessage(section),
            Queue = QueueConfigReader.Read(section, url, buffer),
            Metadata = QueueConfigReader.ReadMetadata(section),
            SigV4 = section.Section("sigv4", "sigv4.plain") is { } sigV4 ? SigV4Config.Read(sigV4) : null,
            HttpClient = HttpClientConfigReader.Read(section, http2Default: false),
        };
        ValidateAuthentication(section, config);
        return hasUrl ? config : null;
    }

    private static string ReadMessage(ConfigSection section)
    {
        string message = section.Text("protobuf_message", RemoteWriteConfig.MessageV1);
        if (message is RemoteWriteConfig.MessageV1 or RemoteWriteConfig.MessageV2)
        {
            return message;
        }

        section.Fail(
            "protobuf_message",
            $"invalid protobuf_message value: unknown type for remote write protobuf message {message}, " +
            $"supported: {RemoteWriteConfig.MessageV1}, {RemoteWriteConfig.MessageV2}");
        return RemoteWriteConfig.MessageV1;
    }

    private static IReadOnlyList<KeyValuePair<string, string>> ReadHeaders(ConfigSection section)
    {
        IReadOnlyList<KeyValuePair<string, string>> headers = section.TextMap("headers");
        foreach ((string name, _) in headers)
        {
            if (name.Equals("authorization", StringComparison.OrdinalIgnoreCase))
            {
                section.Fail(
                    "headers",
                    "authorization header must be changed via the basic_auth, authorization, oauth2, sigv4, azuread or google_iam parameter");
            }
            else if (s_reservedHeaders.Contains(name))
            {
                section.Fail("headers", $"{name} is a reserved header. It must not be changed");
            }
        }

        return headers;
    }

    private static void ValidateAuthentication(ConfigSection section, RemoteWriteConfig config)
    {
        foreach (string cloud in (ReadOnlySpan<string>)["azuread", "google_iam"])
        {
            if (section.Node(cloud) is not null)
            {
                section.Fail(cloud, $"{cloud} is not supported by AmpEdge", null, "sigv4, basic_auth, authorization, oauth2");
            }
        }

        List<string> configured = [];
        AddIf(configured, config.HttpClient.BasicAuth is not null, "basic_auth");
        AddIf(configured, config.HttpClient.Authorization is not null, "authorization");
        AddIf(configured, config.HttpClient.OAuth2 is not null, "oauth2");
        AddIf(configured, config.SigV4 is not null, "sigv4");
        if (configured.Count > 1)
        {
            section.Fail(
                "at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be configured. " +
                $"Currently configured: [{string.Join(' ', configured)}]");
        }
    }

    private static void AddIf(List<string> list, bool condition, string name)
    {
        if (condition)
        {
            list.Add(name);
        }
    }
}
