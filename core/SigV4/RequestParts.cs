namespace AmpEdge.SigV4;

/// <summary>
/// The parts of a request that a signature covers, exactly as they stand (or will stand) on the wire: nothing is
/// decoded, so a server passes the raw request target and not a parsed path.
/// </summary>
public readonly ref struct RequestParts
{
    /// <param name="method">The verb in upper case.</param>
    /// <param name="path">The raw path, percent-escapes untouched; empty counts as <c>/</c>.</param>
    /// <param name="query">The raw query without its question mark.</param>
    /// <param name="headers">All headers, <c>Host</c> among them, in the order of the request.</param>
    public RequestParts(
        ReadOnlySpan<char> method,
        ReadOnlySpan<char> path,
        ReadOnlySpan<char> query,
        ReadOnlySpan<HeaderField> headers)
    {
        Method = method;
        Path = path;
        Query = query;
        Headers = headers;
    }

    public ReadOnlySpan<char> Method { get; }

    public ReadOnlySpan<char> Path { get; }

    public ReadOnlySpan<char> Query { get; }

    public ReadOnlySpan<HeaderField> Headers { get; }

    /// <summary>Splits a raw request target such as <c>/a%2Fb?x=1</c> at its first question mark.</summary>
    public static RequestParts FromTarget(
        ReadOnlySpan<char> method, ReadOnlySpan<char> target, ReadOnlySpan<HeaderField> headers)
    {
        int mark = target.IndexOf('?');
        return mark < 0
            ? new RequestParts(method, target, default, headers)
            : new RequestParts(method, target[..mark], target[(mark + 1)..], headers);
    }

    /// <summary>The value of the first header of that name (any case), or null.</summary>
    public string? FindHeader(ReadOnlySpan<char> name)
    {
        foreach (ref readonly HeaderField field in Headers)
        {
            if (name.Equals(field.Name, StringComparison.OrdinalIgnoreCase))
            {
                return field.Value;
            }
        }

        return null;
    }
}
