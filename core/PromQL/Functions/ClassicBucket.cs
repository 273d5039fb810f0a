namespace AmpEdge.PromQL;

/// <summary>One bucket of a classic histogram: how many observations lie at or below its boundary.</summary>
internal readonly record struct ClassicBucket(double UpperBound, double Count);
