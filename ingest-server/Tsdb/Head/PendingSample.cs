namespace AmpEdge.Tsdb;

/// <summary>A sample of a request that has not been committed.</summary>
internal readonly record struct PendingSample(uint Series, long TimestampMs, double Value);
