using System.Globalization;
using System.Net;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>
/// Finds a proxy that forwards to itself: at the start by address, at run time (through names, other proxies or load
/// balancers) by the entry that every forwarded request carries in <c>Via</c>.
/// </summary>
internal sealed class LoopGuard
{
    private readonly string _entry;

    /// <param name="id">Unlike that of any other proxy process.</param>
    public LoopGuard(string id) => _entry = $"1.1 ampedge-proxy-{id}";

    /// <summary>True when this process has forwarded the request before.</summary>
    public bool IsLoop(IHeaderDictionary headers)
    {
        foreach (string? via in headers.Via)
        {
            if (via is not null && via.Contains(_entry, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds our entry behind those that are there.</summary>
    public void Mark(IHeaderDictionary headers) => headers.Append("Via", _entry);

    /// <summary>Refuses an upstream that is one of our own listeners.</summary>
    /// <exception cref="StartFailedException">It is.</exception>
    public static void CheckUpstream(ProxyOptions options)
    {
        if (options.Host is null || !Uri.TryCreate($"{options.Scheme}://{options.Host}", UriKind.Absolute, out Uri? target))
        {
            return;
        }

        foreach (string address in (string[])[options.ListenAddress, options.AdminListenAddress])
        {
            ListenAddress listener = ListenAddress.Parse(address);
            if (target.Port == listener.Port && IsThisMachine(target.DnsSafeHost, listener))
            {
                throw new StartFailedException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"--host {options.Host} is this proxy's own listener {address}: every request would come back for ever; name the server that requests are meant for"));
            }
        }
    }

    private static bool IsThisMachine(string host, ListenAddress listener)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return IPAddress.TryParse(host, out IPAddress? address)
            && (IPAddress.IsLoopback(address) || address.ToString() == listener.Host);
    }
}
