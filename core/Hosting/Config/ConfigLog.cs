using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

internal static partial class ConfigLog
{
    [LoggerMessage(1201, LogLevel.Information, "configuration reloaded")]
    public static partial void Reloaded(ILogger logger);

    [LoggerMessage(1202, LogLevel.Error, "configuration problem: {Problem}")]
    public static partial void Problem(ILogger logger, string problem);

    [LoggerMessage(1203, LogLevel.Error, "configuration not reloaded: the old one stays in force")]
    public static partial void ReloadFailed(ILogger logger);

    [LoggerMessage(1205, LogLevel.Information, "configuration files have changed: reloading")]
    public static partial void FilesChanged(ILogger logger);

    [LoggerMessage(1204, LogLevel.Error, "configuration could not be applied")]
    public static partial void ApplyFailed(ILogger logger, Exception error);
}
