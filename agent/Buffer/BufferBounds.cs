namespace AmpEdge.Agent.Buffer;

/// <summary>How far one destination may be behind before the oldest whole segments are given up for it alone.</summary>
/// <param name="MaxBytes">Bytes of the buffer from the first one that it needs; zero for no bound but the buffer's own.</param>
/// <param name="MaxAge">Age of a segment's newest sample; zero for no bound but the buffer's own.</param>
internal readonly record struct BufferBounds(long MaxBytes, TimeSpan MaxAge);
