using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AmpEdge.Proxy.Config;

/// <summary>
/// <c>--strip-header</c>, <c>--strip-param</c>, <c>--duplicate-headers</c> and <c>--custom-headers</c>, in this order,
/// before a request is signed.
/// </summary>
internal sealed record RequestRules
{
    private const string OriginalPrefix = "X-Original-";

    /// <summary>Header names to remove; one that ends in <c>*</c> removes all that begin so.</summary>
    public IReadOnlyList<string> StripHeaders { get; init; } = [];

    /// <summary>Query parameters to remove, with the same wildcard.</summary>
    public IReadOnlyList<string> StripParameters { get; init; } = [];

    /// <summary>Headers whose value is kept as <c>X-Original-…</c>.</summary>
    public IReadOnlyList<string> DuplicateHeaders { get; init; } = [];

    /// <summary>Headers to add where the caller sent none of that name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> CustomHeaders { get; init; } = [];

    public void Apply(IHeaderDictionary headers)
    {
        foreach (string pattern in StripHeaders)
        {
            Remove(headers, pattern);
        }

        foreach (string name in DuplicateHeaders)
        {
            if (headers.TryGetValue(name, out StringValues values) && values.Count > 0 && values[0]?.Length > 0)
            {
                headers[OriginalPrefix + name] = values[0];
            }
        }

        foreach ((string name, string value) in CustomHeaders)
        {
            if (!headers.ContainsKey(name))
            {
                headers[name] = value;
            }
        }
    }

    /// <summary>The query, with or without its question mark, less the stripped parameters; untouched text stays.</summary>
    public string StripQuery(string query)
    {
        if (StripParameters.Count == 0 || query.Length < 2)
        {
            return query;
        }

        List<string> kept = [];
        foreach (string parameter in query.TrimStart('?').Split('&'))
        {
            int equals = parameter.IndexOf('=', StringComparison.Ordinal);
            string name = Uri.UnescapeDataString(
                (equals < 0 ? parameter : parameter[..equals]).Replace('+', ' '));
            if (!IsStripped(name))
            {
                kept.Add(parameter);
            }
        }

        return kept.Count == 0 ? "" : "?" + string.Join('&', kept);
    }

    private bool IsStripped(string parameter)
    {
        foreach (string pattern in StripParameters)
        {
            if (Matches(parameter, pattern, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static void Remove(IHeaderDictionary headers, string pattern)
    {
        if (!pattern.EndsWith('*'))
        {
            headers.Remove(pattern);
            return;
        }

        List<string> matching = [];
        foreach (string name in headers.Keys)
        {
            if (Matches(name, pattern, StringComparison.OrdinalIgnoreCase))
            {
                matching.Add(name);
            }
        }

        foreach (string name in matching)
        {
            headers.Remove(name);
        }
    }

    private static bool Matches(string name, string pattern, StringComparison comparison) =>
        pattern.EndsWith('*')
            ? name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), comparison)
            : name.Equals(pattern, comparison);
}
