using System.Buffers;

namespace AmpEdge.Proxy.Config;

/// <summary>What names and values of header fields may be made of.</summary>
internal static class HeaderText
{
    // The characters of a token (RFC 9110, section 5.6.2).
    private static readonly SearchValues<char> s_token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsName(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_token);

    public static bool IsValue(ReadOnlySpan<char> text) => !text.ContainsAny('\r', '\n', '\0');
}
