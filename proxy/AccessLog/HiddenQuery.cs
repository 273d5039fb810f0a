using System.Text;
using AmpEdge.Proxy.Forwarding;

namespace AmpEdge.Proxy.AccessLog;

/// <summary>The query of a request as the access log shows it.</summary>
internal static class HiddenQuery
{
    /// <summary>Names of parameters; their values too when that is wanted, but never those that sign a request.</summary>
    public static string Of(string rawQuery, bool withValues)
    {
        ReadOnlySpan<char> rest = rawQuery.AsSpan().TrimStart('?');
        if (rest.IsEmpty)
        {
            return "";
        }

        StringBuilder shown = new();
        foreach (Range range in rest.Split('&'))
        {
            ReadOnlySpan<char> pair = rest[range];
            int equals = pair.IndexOf('=');
            ReadOnlySpan<char> name = equals < 0 ? pair : pair[..equals];
            shown.Append(shown.Length == 0 ? "" : "&").Append(name);
            if (equals >= 0)
            {
                bool hidden = !withValues || name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase);
                shown.Append('=').Append(hidden ? "…" : pair[(equals + 1)..]);
            }
        }

        return ForwardEndpoint.Shown(shown.ToString());
    }
}
