namespace AmpEdge.Hosting;

/// <summary>Reads an <c>oauth2</c> section.</summary>
internal static class OAuth2ConfigReader
{
    /// <summary>Null when there is none.</summary>
    public static OAuth2Config? Read(ConfigSection parent)
    {
        if (parent.Section("oauth2", "config.plain") is not { } section)
        {
            return null;
        }

        OAuth2Config config = new()
        {
            ClientId = section.Text("client_id"),
            ClientSecret = section.Secret("client_secret"),
            ClientSecretFile = section.FilePath("client_secret_file"),
            GrantType = section.Choice("grant_type", "", OAuth2Config.ClientCredentials, OAuth2Config.JwtBearer),
            ClientCertificateKeyId = section.Text("client_certificate_key_id"),
            ClientCertificateKey = section.Secret("client_certificate_key"),
            ClientCertificateKeyFile = section.FilePath("client_certificate_key_file"),
            SignatureAlgorithm = section.Text("signature_algorithm"),
            Iss = section.Text("iss"),
            Audience = section.Text("audience"),
            Claims = section.Node("claims") is { } claims ? ReadClaims(section, claims) : "",
            Scopes = section.Texts("scopes"),
            TokenUrl = section.Text("token_url"),
            EndpointParams = section.TextMap("endpoint_params"),
            Tls = TlsConfigReader.Read(section),
            Proxy = ProxyConfigReader.Read(section),
        };
        Validate(section, config);
        section.End();
        return config;
    }

    private static string ReadClaims(ConfigSection section, YamlNode claims)
    {
        if (claims is YamlMapping)
        {
            return YamlJson.Write(claims);
        }

        section.Fail("claims", "must be a mapping", claims.Shape);
        return "";
    }

    private static void Validate(ConfigSection section, OAuth2Config config)
    {
        if (config.ClientId.Length == 0)
        {
            section.Fail("client_id", "oauth2 client_id must be configured");
        }

        if (config.TokenUrl.Length == 0)
        {
            section.Fail("token_url", "oauth2 token_url must be configured");
        }
        else
        {
            ConfigUrl.TryRead(section, "token_url", out _);
        }

        AtMostOne(section, config.ClientSecret, config.ClientSecretFile, "client_secret");
        AtMostOne(section, config.ClientCertificateKey, config.ClientCertificateKeyFile, "client_certificate_key");
        if (config.GrantType == OAuth2Config.JwtBearer)
        {
            if (config.SignatureAlgorithm is not ("" or "RS256" or "RS384" or "RS512"))
            {
                section.Fail(
                    "signature_algorithm", "valid signature algorithms are RS256, RS384 and RS512", config.SignatureAlgorithm);
            }

            if (config.ClientCertificateKey is not { IsEmpty: false } && config.ClientCertificateKeyFile.Length == 0)
            {
                section.Fail("grant_type", "needs a client_certificate_key or client_certificate_key_file to sign with");
            }
        }
    }

    private static void AtMostOne(ConfigSection section, Secret? given, string file, string key)
    {
        if (given is { IsEmpty: false } && file.Length > 0)
        {
            section.Fail($"{key}_file", $"at most one of oauth2 {key} & {key}_file must be configured");
        }
    }
}
