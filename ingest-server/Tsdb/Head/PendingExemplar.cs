namespace AmpEdge.Tsdb;

/// <summary>
/// An exemplar of a request that has not been committed; its labels, in canonical raw form, lie in the request's bytes.
/// </summary>
internal readonly record struct PendingExemplar(uint Series, long TimestampMs, double Value, int Offset, int Length);
