using System.Globalization;
using System.Net;

namespace AmpEdge.Hosting;

/// <summary>A configured proxy with the hosts that are reached without it.</summary>
internal sealed class HttpProxy : IWebProxy
{
    private readonly Uri _address;
    private readonly string[] _bypass;

    private HttpProxy(Uri address, string noProxy)
    {
        _address = address;
        _bypass = noProxy.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string[] user = address.UserInfo.Split(':', 2);
        Credentials = user[0].Length == 0
            ? null
            : new NetworkCredential(Uri.UnescapeDataString(user[0]), user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "");
    }

    public ICredentials? Credentials { get; set; }

    /// <summary>Null: no proxy is to be used.</summary>
    public static IWebProxy? From(ProxyConfig config)
    {
        if (config.FromEnvironment)
        {
            return System.Net.Http.HttpClient.DefaultProxy;
        }

        return config.ProxyUrl.Length > 0 ? new HttpProxy(new Uri(config.ProxyUrl), config.NoProxy) : null;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : _address;

    /// <summary>
    /// Entries are <c>*</c>, an IP address, a CIDR range, or a name, each with an optional port; a name covers its
    /// subdomains, and only those when it begins with a dot. Loopback is never proxied, as in Go's programs.
    /// </summary>
    public bool IsBypassed(Uri host)
    {
        string name = host.IdnHost.Trim('[', ']').ToLowerInvariant();
        IPAddress? address = IPAddress.TryParse(name, out IPAddress? parsed) ? parsed : null;
        if (name == "localhost" || (address is not null && IPAddress.IsLoopback(address)))
        {
            return true;
        }

        foreach (string entry in _bypass)
        {
            if (Covers(entry.ToLowerInvariant(), name, address, host.Port))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Covers(string entry, string name, IPAddress? address, int port)
    {
        if (entry == "*")
        {
            return true;
        }

        if (IPNetwork.TryParse(entry, out IPNetwork network))
        {
            return address is not null && network.Contains(address);
        }

        if (IPAddress.TryParse(entry, out IPAddress? exact))
        {
            return exact.Equals(address);
        }

        int colon = entry.LastIndexOf(':');
        if (colon > 0 && int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int entryPort))
        {
            return entryPort == port && Covers(entry[..colon].Trim('[', ']'), name, address, port);
        }

        string domain = entry.StartsWith("*.", StringComparison.Ordinal) ? entry[1..] : entry;
        return domain.StartsWith('.')
            ? name.EndsWith(domain, StringComparison.Ordinal)
            : name == domain || name.EndsWith("." + domain, StringComparison.Ordinal);
    }
}
