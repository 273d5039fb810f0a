namespace AmpEdge.Tests.Support;

/// <summary>A sample as a receiver saw it: its labels in the order sent, as <c>name=value,…</c>.</summary>
public readonly record struct ReceivedSample(string Series, long TimestampMs, double Value);
