namespace AmpEdge.Agent.RemoteWrite;

/// <summary>A series as one destination sends it: its ready-to-send labels and the hash that decides its shard.</summary>
/// <param name="LabelBlock">Empty when write relabelling drops the series; null for a series that was not looked at yet.</param>
/// <param name="Hash">Of the scraped labels, so that it is the same after a restart and whatever the rules say.</param>
internal readonly record struct SendSeries(byte[]? LabelBlock, ulong Hash)
{
    public bool IsDropped => LabelBlock is { Length: 0 };
}
