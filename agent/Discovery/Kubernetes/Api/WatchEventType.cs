namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>What a line of a watch tells.</summary>
internal enum WatchEventType
{
    /// <summary>A word that this version does not know; passed over.</summary>
    Unknown,
    Added,
    Modified,
    Deleted,

    /// <summary>Nothing happened up to a version.</summary>
    Bookmark,

    /// <summary>The watch is over; the object is a status.</summary>
    Error,
}
