using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.Workspaces;

internal static partial class WorkspaceLog
{
    [LoggerMessage(4201, LogLevel.Information,
        "workspace open: {Workspace} with {Series} series, {Samples} samples replayed in {Seconds} s")]
    public static partial void Opened(ILogger logger, string workspace, int series, long samples, double seconds);

    [LoggerMessage(4202, LogLevel.Information, "workspace closed: {Workspace}")]
    public static partial void Closed(ILogger logger, string workspace);

    [LoggerMessage(4203, LogLevel.Warning, "log damaged: {Workspace} lost {LostBytes} bytes: {Damage}")]
    public static partial void Damaged(ILogger logger, string workspace, long lostBytes, string damage);

    [LoggerMessage(4204, LogLevel.Error, "block set aside: {Workspace} answers without {Folder}: {Reason}")]
    public static partial void BlockSetAside(ILogger logger, string workspace, string folder, string reason);
}
