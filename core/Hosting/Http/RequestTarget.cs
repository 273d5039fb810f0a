using System.Net;

namespace AmpEdge.Hosting;

/// <summary>
/// Path and query of a request exactly as they came over the wire: nothing decoded, no dots resolved. SigV4 signs
/// these bytes, and routes are matched on them, so that <c>%2F</c> stays inside its segment.
/// </summary>
public readonly record struct RequestTarget(string RawPath, string RawQuery)
{
    /// <summary>Splits a raw target; an absolute form (<c>GET http://host/path</c>) loses its origin. <see cref="RawQuery"/> keeps its question mark and is empty without one.</summary>
    public static RequestTarget Parse(string rawTarget)
    {
        string target = rawTarget;
        if (target.Length > 0 && target[0] != '/')
        {
            int scheme = target.IndexOf("://", StringComparison.Ordinal);
            if (scheme >= 0)
            {
                int end = target.AsSpan(scheme + 3).IndexOfAny('/', '?');
                target = end < 0 ? "/" : target[(scheme + 3 + end)..];
            }
        }

        int question = target.IndexOf('?', StringComparison.Ordinal);
        string path = question < 0 ? target : target[..question];
        return new RequestTarget(path.Length == 0 ? "/" : path, question < 0 ? "" : target[question..]);
    }

    /// <summary>
    /// The first value of a parameter of the query; empty when there is none. A plus is a blank; what is no escape stays as sent.
    /// </summary>
    public string Parameter(string name)
    {
        ReadOnlySpan<char> query = RawQuery.AsSpan(RawQuery.Length > 0 ? 1 : 0);
        foreach (Range part in query.Split('&'))
        {
            ReadOnlySpan<char> pair = query[part];
            int equals = pair.IndexOf('=');
            ReadOnlySpan<char> key = equals < 0 ? pair : pair[..equals];
            if (Decode(key) == name)
            {
                return equals < 0 ? "" : Decode(pair[(equals + 1)..]);
            }
        }

        return "";
    }

    private static string Decode(ReadOnlySpan<char> text) => WebUtility.UrlDecode(text.ToString());
}
