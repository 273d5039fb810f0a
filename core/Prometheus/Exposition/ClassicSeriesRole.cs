namespace AmpEdge.Prometheus;

/// <summary>What a series is to the classic histogram that it belongs to.</summary>
internal enum ClassicSeriesRole
{
    /// <summary>It belongs to none.</summary>
    None,
    Bucket,
    Count,
    Sum,

    /// <summary>The time since when it counts; stands among the others and is taken as the series that it is.</summary>
    Created,
}
