using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads the <c>tls_server_config</c> section of a listener and looks into its files.</summary>
internal static class ListenerTlsReader
{
    public static ListenerTlsConfig? Read(ConfigSection? section)
    {
        if (section is null)
        {
            return null;
        }

        string clientCa = section.FilePath("client_ca_file");
        ListenerTlsConfig tls = new()
        {
            CertFile = section.FilePath("cert_file"),
            KeyFile = section.FilePath("key_file"),
            ClientCaFile = clientCa,
            ClientAuth = ReadClientAuth(section, clientCa.Length > 0),
            MinVersion = section.Choice("min_version", "TLS12", "TLS12", "TLS13"),
        };
        CheckCertificate(section, tls);
        if (clientCa.Length > 0)
        {
            CheckAuthorities(section, clientCa);
        }

        section.End();
        return tls;
    }

    /// <summary>Authorities without a word on how strict to be mean: strict.</summary>
    private static ClientAuthType ReadClientAuth(ConfigSection section, bool hasAuthorities)
    {
        const string Key = "client_auth_type";
        string strict = nameof(ClientAuthType.RequireAndVerifyClientCert);
        string optional = nameof(ClientAuthType.VerifyClientCertIfGiven);
        string none = nameof(ClientAuthType.NoClientCert);
        string word = section.Choice(Key, hasAuthorities ? strict : none, none, optional, strict);
        if (word != none && !hasAuthorities)
        {
            section.Fail(Key, "needs the authorities of client certificates", word, "a client_ca_file beside it");
        }

        return word == strict ? ClientAuthType.RequireAndVerifyClientCert
            : word == optional ? ClientAuthType.VerifyClientCertIfGiven
            : ClientAuthType.NoClientCert;
    }

    private static void CheckCertificate(ConfigSection section, ListenerTlsConfig tls)
    {
        bool complete = true;
        foreach ((string key, string file) in (ReadOnlySpan<(string, string)>)[
            ("cert_file", tls.CertFile), ("key_file", tls.KeyFile)])
        {
            if (file.Length == 0)
            {
                section.Fail(key, "is missing", allowed: "the path of a PEM file");
                complete = false;
            }
        }

        if (complete && ReadProblem(() => X509Certificate2.CreateFromPemFile(tls.CertFile, tls.KeyFile).Dispose()) is { } problem)
        {
            section.Fail("cert_file", $"cannot be used with key_file: {problem}", tls.CertFile, "a certificate and its key in PEM");
        }
    }

    private static void CheckAuthorities(ConfigSection section, string file)
    {
        X509Certificate2Collection found = [];
        string? problem = ReadProblem(() => found.ImportFromPemFile(file));
        if (problem is not null || found.Count == 0)
        {
            section.Fail("client_ca_file", problem ?? "holds no certificate", file, "certificates in PEM");
        }
    }

    private static string? ReadProblem(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return "there is no such file";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return error.Message;
        }
    }
}
