namespace AmpEdge.Proxy.Forwarding;

/// <summary>How reading a request body ended.</summary>
internal enum BodyOutcome
{
    /// <summary>The whole body is at hand.</summary>
    Complete,

    /// <summary>It is larger than one body may be.</summary>
    TooLarge,

    /// <summary>All bodies together hold as much as they may.</summary>
    NoMemory,

    /// <summary>The connection ended before the body did.</summary>
    CallerGone,
}
