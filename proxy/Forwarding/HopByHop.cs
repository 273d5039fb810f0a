using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>Headers that belong to one connection (RFC 9110, section 7.6.1): neither forwarded nor signed.</summary>
/// <remarks>
/// Kestrel replaces a Connection header that holds <c>close</c> or <c>keep-alive</c> by that word alone, so other names
/// in the same header are lost before we see them; the usual ones are in our own list.
/// </remarks>
internal static class HopByHop
{
    private static readonly string[] s_names =
    [
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
    ];

    /// <summary>Removes them all, those that <c>Connection</c> names among them.</summary>
    public static void Remove(IHeaderDictionary headers) => Remove(headers, headers.Connection);

    /// <summary>The same for an answer, whose <c>Connection</c> header may have been taken away already.</summary>
    public static void Remove(IHeaderDictionary headers, IEnumerable<string?> connection)
    {
        foreach (string name in s_names)
        {
            headers.Remove(name);
        }

        foreach (string? line in connection)
        {
            foreach (string option in (line ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                // Host and the length are not a connection's to take away, whatever a caller writes there.
                if (option.Length > 0
                    && !option.Equals("Host", StringComparison.OrdinalIgnoreCase)
                    && !option.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                {
                    headers.Remove(option);
                }
            }
        }
    }
}
