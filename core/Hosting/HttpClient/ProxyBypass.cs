using System.Globalization;
using System.Net;

namespace AmpEdge.Hosting;

/// <summary>The hosts that are reached without a proxy, as <c>no_proxy</c> lists them.</summary>
/// <remarks>
/// Entries are <c>*</c>, an IP address, a CIDR range, or a name, each with an optional port; a name covers its
/// subdomains, and only those when it begins with a dot. Loopback is never proxied, as in Go's programs.
/// </remarks>
internal sealed class ProxyBypass
{
    private readonly string[] _entries;

    public ProxyBypass(string list) =>
        _entries = list.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public bool Covers(Uri destination)
    {
        string name = destination.IdnHost.Trim('[', ']').ToLowerInvariant();
        IPAddress? address = IPAddress.TryParse(name, out IPAddress? parsed) ? parsed : null;
        if (name == "localhost" || (address is not null && IPAddress.IsLoopback(address)))
        {
            return true;
        }

        foreach (string entry in _entries)
        {
            if (Covers(entry, name, address, destination.Port))
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
