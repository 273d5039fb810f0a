namespace AmpEdge.PromQL;

/// <summary>The <c>offset</c> and <c>@</c> of a selector or subquery.</summary>
public readonly record struct TimeModifiers
{
    /// <summary>
    /// The written offset in milliseconds, positive into the past; 0 when <see cref="OffsetExpr"/> is not resolved.
    /// </summary>
    public long OffsetMs { get; init; }

    /// <summary>The offset as a calculation, or null when it was one number or duration.</summary>
    public DurationExpr? OffsetExpr { get; init; }

    /// <summary>The <c>@</c> time in Unix milliseconds.</summary>
    public long? TimestampMs { get; init; }

    /// <summary>Set for <c>@ start()</c> and <c>@ end()</c>, where <see cref="TimestampMs"/> is null.</summary>
    public TimeAnchor Anchor { get; init; }

    /// <summary>True when <c>@</c> is given in either form.</summary>
    public bool IsPinned => TimestampMs is not null || Anchor != TimeAnchor.None;
}
