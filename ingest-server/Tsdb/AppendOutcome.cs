namespace AmpEdge.Tsdb;

/// <summary>What became of one sample. The numbers are stable: metrics and tests name them.</summary>
public enum AppendOutcome
{
    /// <summary>Taken; visible after the commit.</summary>
    Appended = 0,

    /// <summary>The same time and value as a sample of the series: accepted, nothing to store.</summary>
    DuplicateSample = 1,

    /// <summary>The time of a sample of the series with another value: refused.</summary>
    DuplicateTimestamp = 2,

    /// <summary>Earlier than the series' last sample, without an out-of-order window: refused.</summary>
    OutOfOrder = 3,

    /// <summary>Earlier than anything the head still takes, out-of-order window included: refused.</summary>
    TooOld = 4,

    /// <summary>Further in the future than the clock allows: refused.</summary>
    TooFarInFuture = 5,

    /// <summary>Of a series that would be one more than the request's limit lets the head have: refused.</summary>
    TooManySeries = 6,

    /// <summary>Of a new series while the head is far over its bytes: refused until maintenance made room.</summary>
    HeadFull = 7,
}
