using System.Text;
using AmpEdge.Agent.Config;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// The way into a cluster that a kubeconfig file describes: the server and user of its current context. Files that it
/// names are relative to its folder and are read anew as they change.
/// </summary>
internal static class Kubeconfig
{
    private const string TypeName = "kubeconfig";

    /// <exception cref="ClusterAccessException">The file cannot be read or used; the message says what and where.</exception>
    public static ClusterAccess Load(string file)
    {
        ConfigErrors errors = new();
        return Read(file, errors) is { } access && errors.Count == 0
            ? access
            : throw new ClusterAccessException(errors.ToString());
    }

    /// <summary>What is wrong with the files that jobs name; one that is not there yet may still come.</summary>
    public static IReadOnlyList<ConfigProblem> Check(AgentConfig config)
    {
        ConfigErrors errors = new();
        HashSet<string> files = new(StringComparer.Ordinal);
        foreach (ScrapeConfig job in config.ScrapeConfigs)
        {
            foreach (KubernetesDiscoveryConfig cluster in job.Discovery.Kubernetes)
            {
                if (cluster.KubeconfigFile.Length > 0 && files.Add(cluster.KubeconfigFile) && File.Exists(cluster.KubeconfigFile))
                {
                    Read(cluster.KubeconfigFile, errors);
                }
            }
        }

        return errors.Problems;
    }

    /// <summary>Null, with the problems reported, when the file gives no way in. Unknown keys are of no concern here.</summary>
    public static ClusterAccess? Read(string file, ConfigErrors errors)
    {
        if (YamlReader.ReadFile(file, errors) is not { } document
            || ConfigSection.OpenRoot(file, document, TypeName, errors) is not { } root)
        {
            return null;
        }

        string current = root.Text("current-context");
        if (current.Length == 0)
        {
            root.Fail("current-context", "no context is chosen", null, "the name of one of contexts");
            return null;
        }

        if (Named(root, "contexts", "context", current) is not { } context)
        {
            return null;
        }

        ConfigSection? cluster = Named(root, "clusters", "cluster", context.Text("cluster"));
        ConfigSection? user = context.Text("user") is { Length: > 0 } name ? Named(root, "users", "user", name) : null;
        if (cluster is null || !ConfigUrl.TryRead(cluster, "server", out Uri? server))
        {
            cluster?.Fail("server", "the cluster has no usable server", null, "an http:// or https:// URL");
            return null;
        }

        HttpClientConfig client = new()
        {
            Tls = WithUser(ReadTls(cluster), user),
            Proxy = new ProxyConfig { ProxyUrl = cluster.Text("proxy-url") },
        };
        return new ClusterAccess(server, user is null ? client : WithCredentials(client, user));
    }

    /// <summary>The content of a named entry; null, reported, when there is none of that name.</summary>
    private static ConfigSection? Named(ConfigSection root, string list, string key, string name)
    {
        foreach (ConfigSection entry in root.Sections(list, TypeName, $"empty entry in {list}"))
        {
            if (entry.Text("name") == name)
            {
                if (entry.Section(key, TypeName) is { } content)
                {
                    return content;
                }

                entry.Fail(key, $"{key} '{name}' has no content");
                return null;
            }
        }

        root.Fail(list, $"there is no {key} of this name", name, $"one of {list}");
        return null;
    }

    private static TlsConfig ReadTls(ConfigSection cluster)
    {
        bool insecure = cluster.Bool("insecure-skip-tls-verify", false);
        TlsConfig tls = new()
        {
            Ca = Decoded(cluster, "certificate-authority-data"),
            CaFile = cluster.FilePath("certificate-authority"),
            ServerName = cluster.Text("tls-server-name"),
            InsecureSkipVerify = insecure,
        };
        if (insecure && (tls.Ca.Length > 0 || tls.CaFile.Length > 0))
        {
            cluster.Fail(
                "insecure-skip-tls-verify", "an authority is given, so the server's certificate is to be verified", "true",
                "false, or no certificate-authority");
        }

        // As in kubectl, what stands in the file itself goes before what it names.
        return tls.Ca.Length > 0 ? tls with { CaFile = "" } : tls;
    }

    private static TlsConfig WithUser(TlsConfig tls, ConfigSection? user)
    {
        if (user is null)
        {
            return tls;
        }

        string certificate = Decoded(user, "client-certificate-data");
        string key = Decoded(user, "client-key-data");
        string certificateFile = certificate.Length > 0 ? "" : user.FilePath("client-certificate");
        string keyFile = key.Length > 0 ? "" : user.FilePath("client-key");
        if ((certificate.Length + certificateFile.Length > 0) != (key.Length + keyFile.Length > 0))
        {
            user.Fail("a client certificate needs both client-certificate and client-key");
        }

        return tls with
        {
            Cert = certificate,
            CertFile = certificateFile,
            Key = key.Length > 0 ? new Secret(key) : null,
            KeyFile = keyFile,
        };
    }

    private static HttpClientConfig WithCredentials(HttpClientConfig client, ConfigSection user)
    {
        foreach (string unsupported in (ReadOnlySpan<string>)["exec", "auth-provider"])
        {
            if (user.Node(unsupported) is not null)
            {
                user.Fail(
                    unsupported, $"{unsupported} is not supported: the agent runs no other programs to get credentials", null,
                    "token, tokenFile, client-certificate with client-key, username with password; in a pod leave kubeconfig_file out");
            }
        }

        string tokenFile = user.FilePath("tokenFile");
        string token = user.Text("token");
        string username = user.Text("username");
        if (tokenFile.Length > 0)
        {
            client = client with { Authorization = new AuthorizationConfig { CredentialsFile = tokenFile } };
        }
        else if (token.Length > 0)
        {
            client = client with { Authorization = new AuthorizationConfig { Credentials = new Secret(token) } };
        }
        else if (username.Length > 0)
        {
            client = client with
            {
                BasicAuth = new BasicAuthConfig { Username = username, Password = user.Secret("password") },
            };
        }

        return client with { HttpHeaders = Impersonation(user) };
    }

    private static List<HttpHeaderConfig> Impersonation(ConfigSection user)
    {
        List<HttpHeaderConfig> headers = [];
        if (user.Text("as") is { Length: > 0 } name)
        {
            headers.Add(new HttpHeaderConfig("Impersonate-User", [name], [], []));
            if (user.Texts("as-groups") is { Count: > 0 } groups)
            {
                headers.Add(new HttpHeaderConfig("Impersonate-Group", groups, [], []));
            }
        }

        return headers;
    }

    private static string Decoded(ConfigSection section, string key)
    {
        string text = section.Text(key);
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            section.Fail(key, "is not valid base64", null, "base64 of PEM");
            return "";
        }
    }
}
