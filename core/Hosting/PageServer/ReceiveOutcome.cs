namespace AmpEdge.Hosting;

/// <summary>What came of waiting for bytes of a client.</summary>
internal enum ReceiveOutcome
{
    Received,

    /// <summary>The client closed its side, or the connection broke.</summary>
    Ended,

    TimedOut,
}
