using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

internal static partial class HostLog
{
    [LoggerMessage(1001, LogLevel.Information, "started: {Components} components")]
    public static partial void Started(ILogger logger, int components);

    [LoggerMessage(1002, LogLevel.Information, "stopping: {Reason}")]
    public static partial void Stopping(ILogger logger, string reason);

    [LoggerMessage(1003, LogLevel.Information, "stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(1004, LogLevel.Error, "start failed: {Component}")]
    public static partial void StartFailed(ILogger logger, Exception error, string component);

    [LoggerMessage(1005, LogLevel.Error, "stop failed: {Component}")]
    public static partial void StopFailed(ILogger logger, Exception error, string component);

    [LoggerMessage(1006, LogLevel.Error, "stop timed out: {Component} did not stop within {TimeoutSeconds} s")]
    public static partial void StopTimedOut(ILogger logger, string component, double timeoutSeconds);

    [LoggerMessage(1007, LogLevel.Error, "loop ended: {Component} ended although nobody asked it to")]
    public static partial void LoopEnded(ILogger logger, Exception? error, string component);

    [LoggerMessage(1008, LogLevel.Warning, "second signal: not waiting for components any longer")]
    public static partial void Hurrying(ILogger logger);

    [LoggerMessage(1009, LogLevel.Warning, "stop cut short: {Component} was not waited for")]
    public static partial void StopCutShort(ILogger logger, string component);
}
