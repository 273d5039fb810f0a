using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Budget;

/// <summary>Event ids 2800 to 2899.</summary>
internal static partial class MemoryLog
{
    [LoggerMessage(
        2801, LogLevel.Warning,
        "memory is {Level}: {UsedBytes} of {LimitBytes} bytes of heap (tight: destinations wait on the disk; full: new series are left out; --memory.limit or the container's limit raises it)")]
    public static partial void LevelChanged(ILogger logger, MemoryLevel level, long usedBytes, long limitBytes);
}
