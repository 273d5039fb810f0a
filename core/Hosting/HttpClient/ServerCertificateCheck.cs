using System.Linq;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace AmpEdge.Hosting;

/// <summary>Accepts a server's certificate against given roots and a given name instead of the machine's and the host's.</summary>
internal sealed class ServerCertificateCheck
{
    private readonly string _serverName;
    private readonly X509Certificate2Collection? _roots;

    public ServerCertificateCheck(string serverName, X509Certificate2Collection? roots)
    {
        _serverName = serverName;
        _roots = roots;
    }

    /// <summary>False when the platform's own check is the right one.</summary>
    public bool IsNeeded => _serverName.Length > 0 || _roots is not null;

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 server)
        {
            return false;
        }

        bool name = _serverName.Length > 0
            ? server.MatchesHostname(_serverName)
            : (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0;
        return name && (_roots is null
            ? (errors & SslPolicyErrors.RemoteCertificateChainErrors) == 0
            : LeadsToRoots(server, presented, _roots));
    }

    private static bool LeadsToRoots(X509Certificate2 server, X509Chain? presented, X509Certificate2Collection roots)
    {
        using X509Chain chain = new() { ChainPolicy = TlsClientOptions.PolicyFor(roots) };
        foreach (X509ChainElement element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(server);
    }
}
