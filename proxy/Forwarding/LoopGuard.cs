using System.Net;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>
/// Finds a proxy that forwards to itself: at the start by address, at run time (through names, other proxies or load
/// balancers) by the entry that every forwarded request, and every question to a member of a virtual workspace, carries in
/// <c>Via</c>.
/// </summary>
internal sealed class LoopGuard
{
    private const string Pseudonym = "ampedge-proxy-";

    private readonly string _entry;

    /// <param name="id">Unlike that of any other proxy process.</param>
    public LoopGuard(string id) => _entry = $"1.1 {Pseudonym}{id}";

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

    /// <summary>
    /// Adds our entry behind those that are there. Those of other proxies of our kind come back when the headers were cleaned of
    /// them: two that strip each other's entries would forward to each other for ever.
    /// </summary>
    /// <param name="headers">Of the request that goes on.</param>
    /// <param name="arrived">What the request came with, before anything was removed.</param>
    public void Mark(IHeaderDictionary headers, StringValues arrived)
    {
        if (headers.Via.Count == 0)
        {
            foreach (string? entry in arrived)
            {
                if (entry is not null && entry.Contains(Pseudonym, StringComparison.Ordinal))
                {
                    headers.Append("Via", entry);
                }
            }
        }

        headers.Append("Via", _entry);
    }

    /// <summary>The value of <c>Via</c> for what is asked on behalf of a request: its own entries and ours.</summary>
    public string EntriesBehind(StringValues arrived) => arrived.Count == 0 ? _entry : $"{arrived}, {_entry}";

    /// <summary>The listener of this process that an upstream would lead back to; null when it leads elsewhere.</summary>
    public static string? OwnListener(
        UpstreamConfig upstream, IReadOnlyList<ListenerConfig> listeners, string adminAddress)
    {
        if (upstream.Host is null || !Uri.TryCreate($"{upstream.Scheme}://{upstream.Host}", UriKind.Absolute, out Uri? target))
        {
            return null;
        }

        foreach (ListenerConfig listener in listeners)
        {
            if (LeadsTo(target, listener.Address))
            {
                return listener.Address;
            }
        }

        return LeadsTo(target, adminAddress) ? adminAddress : null;
    }

    private static bool LeadsTo(Uri target, string address) =>
        ListenAddress.TryParse(address, out ListenAddress? listener, out _)
        && target.Port == listener.Port
        && IsThisMachine(target.DnsSafeHost, listener);

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
