using System.Diagnostics.CodeAnalysis;

namespace AmpEdge.Hosting;

/// <summary>Reads absolute http and https URLs.</summary>
public static class ConfigUrl
{
    private const string Allowed = "an http:// or https:// URL with a host";

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
}
