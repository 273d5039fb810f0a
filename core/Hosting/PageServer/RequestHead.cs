namespace AmpEdge.Hosting;

/// <summary>Request line and header fields of one request, checked.</summary>
internal sealed record RequestHead
{
    public required string Method { get; init; }

    /// <summary>As sent.</summary>
    public required string Target { get; init; }

    /// <summary>HTTP/1.0: connections end after the answer unless asked to stay, nothing is chunked.</summary>
    public required bool IsHttp10 { get; init; }

    /// <summary>In the order of the wire; one character a byte.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; }

    /// <summary>Bytes of the body; 0 without one and when it <see cref="IsChunked"/>.</summary>
    public long ContentLength { get; init; }

    public bool IsChunked { get; init; }

    /// <summary>Whether the client wants to go on using the connection.</summary>
    public bool KeepsConnection { get; init; }

    /// <summary>The client holds its body back until it is told to go on.</summary>
    public bool ExpectsContinue { get; init; }

    /// <summary>All values of a field, joined by commas; empty when there is none.</summary>
    public string Field(string name)
    {
        string joined = "";
        foreach ((string known, string value) in Fields)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
            {
                joined = joined.Length == 0 ? value : $"{joined},{value}";
            }
        }

        return joined;
    }

    /// <summary>How often a field stands there.</summary>
    public int CountOf(string name)
    {
        int count = 0;
        foreach ((string known, _) in Fields)
        {
            count += string.Equals(known, name, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        }

        return count;
    }
}
