namespace AmpEdge.Agent.RemoteWrite;

/// <summary>What a destination's write relabelling makes of a series.</summary>
internal enum WriteRulingKind
{
    /// <summary>It was not looked at yet.</summary>
    Unknown,

    /// <summary>It is sent with its scraped labels and the external ones.</summary>
    AsScraped,

    /// <summary>It is not sent.</summary>
    Dropped,

    /// <summary>It is sent with other labels.</summary>
    Rewritten,
}
