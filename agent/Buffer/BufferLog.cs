using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Buffer;

/// <summary>What the buffer says; event ids 2300 to 2399.</summary>
internal static partial class BufferLog
{
    [LoggerMessage(2300, LogLevel.Information, "buffer opened: {Folder} holds {Segments} segments of {Bytes} bytes")]
    public static partial void Opened(ILogger logger, string folder, int segments, long bytes);

    [LoggerMessage(2301, LogLevel.Warning, "buffer: the end of the newest segment was cut off: {Reason}")]
    public static partial void TailCut(ILogger logger, string reason);

    [LoggerMessage(2302, LogLevel.Error, "buffer: the disk did not confirm what was written: {Reason}")]
    public static partial void SyncFailed(ILogger logger, string reason);

    [LoggerMessage(2303, LogLevel.Error,
        "buffer: {Samples} scraped samples are lost, the write failed: {Reason} ({HeldBack} such failures were not logged)")]
    public static partial void WriteFailed(ILogger logger, int samples, long heldBack, string reason);

    [LoggerMessage(2304, LogLevel.Warning,
        "buffer: shed a segment of {Bytes} bytes ({Reason}); {Destination} loses {LostSamples} samples ({HeldBack} such losses were not logged)")]
    public static partial void Shed(
        ILogger logger, long bytes, LossReason reason, string destination, long lostSamples, long heldBack);

    [LoggerMessage(2305, LogLevel.Warning,
        "buffer: {Destination} is over its own bound and gives up a segment of {Bytes} bytes ({Reason}): it loses {LostSamples} samples, others none ({HeldBack} such losses were not logged)")]
    public static partial void GivenUp(
        ILogger logger, long bytes, LossReason reason, string destination, long lostSamples, long heldBack);

    [LoggerMessage(2306, LogLevel.Error, "buffer: deleting old segments failed, trying again later: {Reason}")]
    public static partial void TruncateFailed(ILogger logger, string reason);

    [LoggerMessage(2307, LogLevel.Warning,
        "buffer: the delivery position of {Destination} in {Path} cannot be read ({Reason}); sending everything that is buffered")]
    public static partial void PositionsUnreadable(ILogger logger, string destination, string path, string reason);

    [LoggerMessage(2308, LogLevel.Error,
        "buffer: the delivery position of {Destination} could not be saved: {Reason} ({HeldBack} such failures were not logged)")]
    public static partial void PositionsNotSaved(ILogger logger, string destination, string reason, long heldBack);
}
