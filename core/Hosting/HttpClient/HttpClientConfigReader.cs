namespace AmpEdge.Hosting;

/// <summary>Reads the keys of an HTTP client, which Prometheus inlines into the sections that use one.</summary>
public static class HttpClientConfigReader
{
    private static readonly HashSet<string> s_reservedHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Host", "Content-Encoding", "Content-Length", "Content-Type", "User-Agent", "Connection",
        "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Www-Authenticate", "Accept-Encoding",
        "X-Prometheus-Remote-Write-Version", "X-Prometheus-Remote-Read-Version", "X-Prometheus-Scrape-Timeout-Seconds",
        "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256",
    };

    /// <summary>Reads the keys from among the others of <paramref name="section"/>; the caller ends the section.</summary>
    public static HttpClientConfig Read(ConfigSection section, bool http2Default = true)
    {
        AuthorizationConfig? authorization = ReadAuthorization(section);
        AuthorizationConfig? bearer = ReadBearer(section);
        HttpClientConfig config = new()
        {
            BasicAuth = ReadBasicAuth(section),
            OAuth2 = OAuth2ConfigReader.Read(section),
            Authorization = authorization ?? bearer,
            Tls = TlsConfigReader.Read(section),
            Proxy = ProxyConfigReader.Read(section),
            HttpHeaders = ReadHeaders(section),
            FollowRedirects = section.Bool("follow_redirects", true),
            EnableHttp2 = section.Bool("enable_http2", http2Default),
        };
        ValidateOneScheme(section, config, authorization, bearer);
        return config;
    }

    private static void ValidateOneScheme(
        ConfigSection section, HttpClientConfig config, AuthorizationConfig? authorization, AuthorizationConfig? bearer)
    {
        if (bearer is not null && (config.BasicAuth is not null || config.OAuth2 is not null))
        {
            section.Fail("at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured");
        }

        if (bearer is not null && authorization is not null)
        {
            section.Fail("authorization", "authorization is not compatible with bearer_token & bearer_token_file");
        }

        bool several = authorization is not null && (config.BasicAuth is not null || config.OAuth2 is not null);
        if (several || (config.BasicAuth is not null && config.OAuth2 is not null))
        {
            section.Fail("at most one of basic_auth, oauth2 & authorization must be configured");
        }
    }

    private static BasicAuthConfig? ReadBasicAuth(ConfigSection parent)
    {
        if (parent.Section("basic_auth", "config.BasicAuth") is not { } section)
        {
            return null;
        }

        BasicAuthConfig config = new()
        {
            Username = section.Text("username"),
            UsernameFile = section.FilePath("username_file"),
            Password = section.Secret("password"),
            PasswordFile = section.FilePath("password_file"),
        };
        if (config.Username.Length > 0 && config.UsernameFile.Length > 0)
        {
            section.Fail("username_file", "at most one of basic_auth username & username_file must be configured");
        }

        if (config.Password is { IsEmpty: false } && config.PasswordFile.Length > 0)
        {
            section.Fail("password_file", "at most one of basic_auth password & password_file must be configured");
        }

        section.End();
        return config;
    }

    private static AuthorizationConfig? ReadAuthorization(ConfigSection parent)
    {
        if (parent.Section("authorization", "config.Authorization") is not { } section)
        {
            return null;
        }

        string type = section.Text("type").Trim();
        AuthorizationConfig config = new()
        {
            Type = type.Length == 0 ? AuthorizationConfig.DefaultType : type,
            Credentials = section.Secret("credentials"),
            CredentialsFile = section.FilePath("credentials_file"),
        };
        if (config.Credentials is { IsEmpty: false } && config.CredentialsFile.Length > 0)
        {
            section.Fail(
                "credentials_file",
                "at most one of authorization credentials & authorization credentials_file must be configured");
        }

        if (type.Equals("basic", StringComparison.OrdinalIgnoreCase))
        {
            section.Fail("type", "authorization type cannot be set to \"basic\", use \"basic_auth\" instead");
        }

        section.End();
        return config;
    }

    /// <summary>The older spelling of an authorization with a bearer token.</summary>
    private static AuthorizationConfig? ReadBearer(ConfigSection section)
    {
        Secret? token = section.Secret("bearer_token");
        string file = section.FilePath("bearer_token_file");
        bool given = token is { IsEmpty: false };
        if (given && file.Length > 0)
        {
            section.Fail("bearer_token_file", "at most one of bearer_token & bearer_token_file must be configured");
        }

        return given || file.Length > 0 ? new AuthorizationConfig { Credentials = token, CredentialsFile = file } : null;
    }

    private static List<HttpHeaderConfig> ReadHeaders(ConfigSection parent)
    {
        List<HttpHeaderConfig> headers = [];
        foreach ((string name, ConfigSection section) in parent.SectionMap("http_headers", "config.Header"))
        {
            headers.Add(new HttpHeaderConfig(
                name, section.Texts("values"), section.Secrets("secrets"), section.FilePaths("files")));
            section.End();
            if (s_reservedHeaders.Contains(name))
            {
                section.Fail($"setting header \"{name}\" is not allowed");
            }
        }

        return headers;
    }
}
