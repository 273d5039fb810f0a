using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>Reads absolute http and https URLs.</summary>
public static class ConfigUrl
{
    private const string Allowed = "an http:// or https:// URL with a host";
    private const string HiddenPassword = "xxxxx";

    /// <summary>False, with the problem reported unless the key is absent, when there is no usable URL.</summary>
    public static bool TryRead(ConfigSection section, string key, [NotNullWhen(true)] out Uri? url)
    {
        url = null;
        string text = section.Text(key);
        if (text.Length == 0)
        {
            return false;
        }

        bool parsed = Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https";
        if (!parsed || url is null)
        {
            bool schemeIsRight = text.StartsWith("http:", StringComparison.OrdinalIgnoreCase)
                || text.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
            section.Fail(key, schemeIsRight ? "host is missing in URL" : "URL scheme must be 'http' or 'https'", text, Allowed);
            return false;
        }

        if (url.Host.Length == 0)
        {
            section.Fail(key, "host is missing in URL", text, Allowed);
            return false;
        }

        return true;
    }

    /// <summary>A URL for logs and pages: as it is, but for the password of its user. As Prometheus shows it.</summary>
    public static string Shown(string url)
    {
        // A proxy's address may go without a scheme.
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        int start = scheme < 0 ? 0 : scheme + "://".Length;
        int length = url.AsSpan(start).IndexOfAny('/', '?', '#');
        ReadOnlySpan<char> authority = length < 0 ? url.AsSpan(start) : url.AsSpan(start, length);
        int user = authority.LastIndexOf('@');
        int colon = user < 0 ? -1 : authority[..user].IndexOf(':');
        return colon < 0 ? url : $"{url.AsSpan(0, start + colon + 1)}{HiddenPassword}{url.AsSpan(start + user)}";
    }

    /// <summary>User and password that a URL carries; null when it names no user.</summary>
    internal static NetworkCredential? CredentialsOf(Uri url)
    {
        string[] user = url.UserInfo.Split(':', 2);
        return user[0].Length == 0
            ? null
            : new NetworkCredential(Uri.UnescapeDataString(user[0]), user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "");
    }

    /// <summary>The same as basic authentication.</summary>
    internal static AuthenticationHeaderValue? AuthorizationOf(Uri url) =>
        CredentialsOf(url) is { } user
            ? new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.UserName}:{user.Password}")))
            : null;
}
