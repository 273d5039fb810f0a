namespace AmpEdge.Tsdb;

/// <summary>Where a place in the series table stands in its life.</summary>
internal enum SeriesState : byte
{
    /// <summary>Nobody's.</summary>
    Free,

    /// <summary>Made by a request that has not been committed: no query sees it.</summary>
    Pending,

    /// <summary>In the index, with samples.</summary>
    Live,

    /// <summary>Out of key table and index; an appender that looked it up earlier may still commit to it.</summary>
    Removed,
}
