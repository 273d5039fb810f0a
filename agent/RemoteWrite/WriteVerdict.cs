namespace AmpEdge.Agent.RemoteWrite;

/// <summary>What a write request's answer means for the batch.</summary>
internal enum WriteVerdict
{
    /// <summary>The receiver has it.</summary>
    Delivered,

    /// <summary>Sending it again can help.</summary>
    Retry,

    /// <summary>Sending it again helps once a person has changed something: rarely tried, never dropped.</summary>
    Parked,

    /// <summary>The receiver will never take it as it is.</summary>
    Refused,

    /// <summary>The receiver will never take some of its series or samples; the rest it may.</summary>
    PartlyRefused,

    /// <summary>The receiver does not know this version of the message.</summary>
    WrongVersion,
}
