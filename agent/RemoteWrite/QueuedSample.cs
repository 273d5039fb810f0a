using AmpEdge.Agent.Buffer;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// One sample on its way: its series' ready-to-send labels (one array per series and destination, shared by all its samples),
/// and where it stands in the buffer.
/// </summary>
internal readonly record struct QueuedSample(byte[] LabelBlock, long TimestampMs, double Value, SamplePosition Position);
