namespace AmpEdge.Agent.Scrape.Plain;

/// <summary>How the end of an answer's body is known (RFC 9112, 6.3).</summary>
internal enum BodyFraming
{
    /// <summary>By a length told before.</summary>
    Length,

    /// <summary>In chunks, the last of which is empty.</summary>
    Chunked,

    /// <summary>By the end of the connection.</summary>
    UntilClose,
}
