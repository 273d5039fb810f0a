using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Listening;

/// <summary>The TLS of a listener: its certificate and the authorities of its callers, read again when their files change.</summary>
internal sealed class ServerTls
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly ListenerTlsConfig _config;
    private readonly RereadFiles<SslServerAuthenticationOptions> _options;

    /// <exception cref="StartFailedException">A file cannot be read or used; the message says which and why.</exception>
    public ServerTls(string listener, ListenerTlsConfig config, ILogger log, TimeProvider time)
    {
        _config = config;
        List<string> files = [config.CertFile, config.KeyFile];
        if (config.ClientCaFile.Length > 0)
        {
            files.Add(config.ClientCaFile);
        }

        try
        {
            _options = new RereadFiles<SslServerAuthenticationOptions>(
                files, Load, error => ListeningLog.CertificateNotTaken(log, listener, error.Message), time);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartFailedException($"listener {listener}: cannot use its certificate files: {error.Message}", error);
        }
    }

    /// <summary>For the handshake that begins now.</summary>
    public SslServerAuthenticationOptions Current => _options.Current;

    private SslServerAuthenticationOptions Load()
    {
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(_config.CertFile);
        X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(_config.CertFile, _config.KeyFile);
        SslServerAuthenticationOptions options = new()
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            EnabledSslProtocols = _config.MinVersion == "TLS13" ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
            // As in Prometheus: revocation lists are not asked for.
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            ClientCertificateRequired = _config.ClientAuth != ClientAuthType.NoClientCert,
        };
        if (options.ClientCertificateRequired)
        {
            options.CertificateChainPolicy = PolicyFor(_config.ClientCaFile);
            options.RemoteCertificateValidationCallback = (_, given, _, errors) =>
                given is null ? _config.ClientAuth == ClientAuthType.VerifyClientCertIfGiven : errors == SslPolicyErrors.None;
        }

        return options;
    }

    /// <summary>The given authorities alone count; a caller has to send its intermediates.</summary>
    private static X509ChainPolicy PolicyFor(string caFile)
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.ImportFromPemFile(caFile);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return policy;
    }
}
