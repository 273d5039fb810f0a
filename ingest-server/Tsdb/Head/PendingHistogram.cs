namespace AmpEdge.Tsdb;

/// <summary>A native histogram of a request that has not been committed; its body lies in the request's bytes.</summary>
internal readonly record struct PendingHistogram(uint Series, long TimestampMs, int Offset, int Length);
