namespace AmpEdge.Tsdb;

/// <summary>The kinds of records in a snapshot of the head. The numbers are on disk: they may only grow.</summary>
internal enum SnapshotRecord : byte
{
    /// <summary>Series with their chunks.</summary>
    Series = 1,

    /// <summary>What is known of metric families.</summary>
    Metadata = 2,

    /// <summary>Exemplars, oldest first.</summary>
    Exemplars = 3,

    /// <summary>The newest sample of each log segment.</summary>
    Segments = 4,
}
