using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery;

/// <summary>Event ids 2000 to 2099.</summary>
internal static partial class DiscoveryLog
{
    [LoggerMessage(2001, LogLevel.Error, "target file refused, its targets stay as they were: {Problem}")]
    public static partial void FileRefused(ILogger logger, string problem);

    [LoggerMessage(2002, LogLevel.Warning,
        "folder {Folder} cannot be watched ({Reason}); changes are seen at the refresh interval")]
    public static partial void FolderNotWatched(ILogger logger, string folder, string reason);

    [LoggerMessage(2003, LogLevel.Error, "discovery of job {Job} ended unexpectedly; its targets stay as they were")]
    public static partial void DiscovererFailed(ILogger logger, string job, Exception error);

    [LoggerMessage(2004, LogLevel.Error,
        "what discovery found for job {Job} was not taken, and is handed on again: {Problem} (held back: {HeldBack})")]
    public static partial void HandOverFailed(ILogger logger, string job, string problem, long heldBack, Exception error);

    [LoggerMessage(2010, LogLevel.Warning,
        "{Mechanism} discovery of job {Job} failed, its targets stay as they were: {Problem} (held back: {HeldBack})")]
    public static partial void RefreshFailed(
        ILogger logger, string mechanism, string job, string problem, long heldBack);

    [LoggerMessage(2011, LogLevel.Information,
        "{Mechanism} discovery of job {Job} works again (failures not logged: {HeldBack})")]
    public static partial void RefreshRecovered(ILogger logger, string mechanism, string job, long heldBack);

    [LoggerMessage(2012, LogLevel.Information,
        "{Lost} are left out, and asked for again in an hour: {Problem}")]
    public static partial void ExtraRefused(ILogger logger, string lost, string problem);
}
