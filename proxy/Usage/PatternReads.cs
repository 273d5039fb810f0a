namespace AmpEdge.Proxy.Usage;

/// <summary>Reads of all metrics whose names meet a condition.</summary>
internal sealed record PatternReads(NameCondition Condition, ReadTally Tally);
