using System.Linq;

namespace AmpEdge.Hosting;

/// <summary>Prints the keys of an HTTP client among those of the section that uses it.</summary>
public static class HttpClientConfigYaml
{
    public static void Write(YamlWriter yaml, HttpClientConfig config)
    {
        if (config.BasicAuth is { } basic)
        {
            yaml.Section("basic_auth", () => yaml
                .TextUnlessEmpty("username", basic.Username)
                .TextUnlessEmpty("username_file", basic.UsernameFile)
                .Secret("password", basic.Password)
                .TextUnlessEmpty("password_file", basic.PasswordFile));
        }

        if (config.Authorization is { } authorization)
        {
            yaml.Section("authorization", () => yaml
                .Text("type", authorization.Type)
                .Secret("credentials", authorization.Credentials)
                .TextUnlessEmpty("credentials_file", authorization.CredentialsFile));
        }

        if (config.OAuth2 is { } oauth2)
        {
            yaml.Section("oauth2", () => WriteOAuth2(yaml, oauth2));
        }

        WriteTls(yaml, config.Tls);
        yaml.Bool("follow_redirects", config.FollowRedirects);
        yaml.Bool("enable_http2", config.EnableHttp2);
        WriteProxy(yaml, config.Proxy);
        yaml.Section("http_headers", () =>
        {
            foreach (HttpHeaderConfig header in config.HttpHeaders)
            {
                yaml.Section(header.Name, () => yaml
                    .Texts("values", header.Values)
                    .Texts("secrets", Shown(yaml, header.Secrets))
                    .Texts("files", header.Files));
            }
        });
    }

    private static void WriteOAuth2(YamlWriter yaml, OAuth2Config config)
    {
        yaml.Text("client_id", config.ClientId);
        yaml.Secret("client_secret", config.ClientSecret);
        yaml.TextUnlessEmpty("client_secret_file", config.ClientSecretFile);
        yaml.TextUnlessEmpty("client_certificate_key_id", config.ClientCertificateKeyId);
        yaml.Secret("client_certificate_key", config.ClientCertificateKey);
        yaml.TextUnlessEmpty("client_certificate_key_file", config.ClientCertificateKeyFile);
        yaml.TextUnlessEmpty("grant_type", config.GrantType);
        yaml.TextUnlessEmpty("signature_algorithm", config.SignatureAlgorithm);
        yaml.TextUnlessEmpty("iss", config.Iss);
        yaml.TextUnlessEmpty("audience", config.Audience);
        yaml.JsonUnlessEmpty("claims", config.Claims);
        yaml.Texts("scopes", config.Scopes);
        yaml.Url("token_url", config.TokenUrl);
        yaml.TextMap("endpoint_params", config.EndpointParams);
        WriteTls(yaml, config.Tls);
        WriteProxy(yaml, config.Proxy);
    }

    private static void WriteTls(YamlWriter yaml, TlsConfig tls)
    {
        if (tls == new TlsConfig())
        {
            return;
        }

        yaml.Section("tls_config", () => yaml
            .TextUnlessEmpty("ca", tls.Ca)
            .TextUnlessEmpty("cert", tls.Cert)
            .Secret("key", tls.Key)
            .TextUnlessEmpty("ca_file", tls.CaFile)
            .TextUnlessEmpty("cert_file", tls.CertFile)
            .TextUnlessEmpty("key_file", tls.KeyFile)
            .TextUnlessEmpty("server_name", tls.ServerName)
            .Bool("insecure_skip_verify", tls.InsecureSkipVerify)
            .TextUnlessEmpty("min_version", tls.MinVersion)
            .TextUnlessEmpty("max_version", tls.MaxVersion));
    }

    private static void WriteProxy(YamlWriter yaml, ProxyConfig proxy)
    {
        if (proxy.ProxyUrl.Length > 0)
        {
            yaml.Url("proxy_url", proxy.ProxyUrl);
        }

        yaml.TextUnlessEmpty("no_proxy", proxy.NoProxy);
        yaml.BoolIfTrue("proxy_from_environment", proxy.FromEnvironment);
        yaml.Section("proxy_connect_header", () =>
        {
            foreach ((string name, IReadOnlyList<Secret> values) in proxy.ConnectHeaders)
            {
                yaml.Texts(name, Shown(yaml, values));
            }
        });
    }

    private static List<string> Shown(YamlWriter yaml, IReadOnlyList<Secret> secrets) =>
        [.. secrets.Select(secret => yaml.RevealSecrets ? secret.Reveal() : secret.ToString())];
}
