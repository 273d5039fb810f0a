using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AmpEdge.Hosting;

/// <summary>Turns a <see cref="TlsConfig"/> into what the TLS stack takes; reads its files now.</summary>
internal static class TlsClientOptions
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <exception cref="HttpRequestException">A file cannot be read or holds no PEM; the message names it.</exception>
    public static SslClientAuthenticationOptions From(TlsConfig config)
    {
        SslClientAuthenticationOptions options = new()
        {
            EnabledSslProtocols = Protocols(config),
            // As in Prometheus: revocation lists are not asked for.
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        X509Certificate2Collection? roots = LoadRoots(config);
        if (config.InsecureSkipVerify)
        {
#pragma warning disable CA5359 // The operator has asked for exactly this with insecure_skip_verify.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (roots is not null)
        {
            options.CertificateChainPolicy = PolicyFor(roots);
        }

        if (LoadClientCertificate(config) is { } certificate)
        {
            options.ClientCertificateContext = certificate;
        }

        return options;
    }

    private static SslProtocols Protocols(TlsConfig config)
    {
        int min = Level(config.MinVersion, 2);
        int max = Level(config.MaxVersion, 3);
        SslProtocols protocols = SslProtocols.None;
        for (int level = min; level <= max; level++)
        {
            protocols |= Protocol(level);
        }

        return protocols;
    }

    private static int Level(string version, int unset) => version switch
    {
        "TLS10" => 0,
        "TLS11" => 1,
        "TLS12" => 2,
        "TLS13" => 3,
        _ => unset,
    };

    private static SslProtocols Protocol(int level) => level switch
    {
#pragma warning disable CA5397, CA5398, SYSLIB0039 // Old versions only when min_version names them, for old targets.
        0 => SslProtocols.Tls,
        1 => SslProtocols.Tls11,
        2 => SslProtocols.Tls12,
        _ => SslProtocols.Tls13,
#pragma warning restore CA5397, CA5398, SYSLIB0039
    };

    /// <summary>For chains of a server's certificate to given roots; the machine's own do not count beside them.</summary>
    private static X509ChainPolicy PolicyFor(X509Certificate2Collection roots)
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            // A server has to send its intermediates; nothing is fetched from where its certificate points.
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(roots);
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        return policy;
    }

    private static X509Certificate2Collection? LoadRoots(TlsConfig config)
    {
        if (config.Ca.Length == 0 && config.CaFile.Length == 0)
        {
            return null;
        }

        string pem = config.Ca.Length > 0 ? config.Ca : CredentialFile.Read(config.CaFile, "CA certificates");
        X509Certificate2Collection roots = [];
        try
        {
            roots.ImportFromPem(pem);
        }
        catch (CryptographicException error)
        {
            throw new HttpRequestException($"unable to use CA certificates {config.CaFile}: {error.Message}", error);
        }

        return roots.Count > 0
            ? roots
            : throw new HttpRequestException($"unable to use CA certificates {config.CaFile}: no certificate in it");
    }

    private static SslStreamCertificateContext? LoadClientCertificate(TlsConfig config)
    {
        if (config.Cert.Length == 0 && config.CertFile.Length == 0)
        {
            return null;
        }

        string certificates = config.Cert.Length > 0 ? config.Cert : CredentialFile.Read(config.CertFile, "client certificate");
        string key = config.Key is { IsEmpty: false } given ? given.Reveal() : CredentialFile.Read(config.KeyFile, "client key");
        try
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPem(certificates);
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(certificates, key), chain, offline: true);
        }
        catch (CryptographicException error)
        {
            throw new HttpRequestException(
                $"unable to use client certificate {config.CertFile} with key {config.KeyFile}: {error.Message}", error);
        }
    }
}
