namespace AmpEdge.Agent.RemoteWrite;

/// <summary>What a write request's answer means for the batch.</summary>
internal enum WriteVerdict
{
    /// <summary>The receiver has it.</summary>
    Delivered,

    /// <summary>Sending it again can help.</summary>
    Retry,

    /// <summary>The receiver will never take it as it is.</summary>
    Refused,

    /// <summary>The receiver will never take some of its series or samples; the rest it may.</summary>
    PartlyRefused,
}
