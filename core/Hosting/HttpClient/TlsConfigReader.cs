namespace AmpEdge.Hosting;

/// <summary>Reads a <c>tls_config</c> section.</summary>
public static class TlsConfigReader
{
    /// <summary>The section below <paramref name="key"/>; defaults when it is absent.</summary>
    public static TlsConfig Read(ConfigSection parent, string key = "tls_config")
    {
        if (parent.Section(key, "config.plain") is not { } section)
        {
            return new TlsConfig();
        }

        TlsConfig config = new()
        {
            Ca = section.Text("ca"),
            CaFile = section.FilePath("ca_file"),
            Cert = section.Text("cert"),
            CertFile = section.FilePath("cert_file"),
            Key = section.Secret("key"),
            KeyFile = section.FilePath("key_file"),
            ServerName = section.Text("server_name"),
            InsecureSkipVerify = section.Bool("insecure_skip_verify", false),
            MinVersion = ReadVersion(section, "min_version"),
            MaxVersion = ReadVersion(section, "max_version"),
        };
        Validate(section, config);
        section.End();
        return config;
    }

    private static string ReadVersion(ConfigSection section, string key)
    {
        string version = section.Text(key);
        if (version is not ("" or "TLS10" or "TLS11" or "TLS12" or "TLS13"))
        {
            section.Fail(key, $"unknown TLS version: {version}", version, "TLS10, TLS11, TLS12, TLS13");
            return "";
        }

        return version;
    }

    private static void Validate(ConfigSection section, TlsConfig config)
    {
        AtMostOne(section, config.Ca.Length > 0, config.CaFile, "ca");
        AtMostOne(section, config.Cert.Length > 0, config.CertFile, "cert");
        AtMostOne(section, config.Key is { IsEmpty: false }, config.KeyFile, "key");
        bool cert = config.Cert.Length > 0 || config.CertFile.Length > 0;
        bool key = config.Key is { IsEmpty: false } || config.KeyFile.Length > 0;
        if (cert && !key)
        {
            section.Fail("exactly one of key or key_file must be configured when a client certificate is configured");
        }
        else if (key && !cert)
        {
            section.Fail("exactly one of cert or cert_file must be configured when a client key is configured");
        }

        if (config.MinVersion.Length > 0 && config.MaxVersion.Length > 0
            && string.CompareOrdinal(config.MinVersion, config.MaxVersion) > 0)
        {
            section.Fail("max_version", "is below min_version", config.MaxVersion, $"{config.MinVersion} or above");
        }
    }

    private static void AtMostOne(ConfigSection section, bool given, string file, string key)
    {
        if (given && file.Length > 0)
        {
            section.Fail($"{key}_file", $"at most one of {key} and {key}_file must be configured");
        }
    }
}
