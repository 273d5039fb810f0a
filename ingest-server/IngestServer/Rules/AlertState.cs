namespace AmpEdge.IngestServer.Rules;

/// <summary>How far an alert has come.</summary>
internal enum AlertState
{
    /// <summary>Its expression has nothing for it any more.</summary>
    Inactive,

    /// <summary>Its expression has a value, but not for long enough.</summary>
    Pending,

    Firing,
}
