using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Usage;

/// <summary>Event ids 5300 to 5399.</summary>
internal static partial class UsageLog
{
    [LoggerMessage(5300, LogLevel.Information, "usage: {Metrics} metrics known from {File}, watched for {Watched}")]
    public static partial void Loaded(ILogger logger, string file, int metrics, TimeSpan watched);

    [LoggerMessage(
        5301, LogLevel.Error,
        "usage: {File} is damaged ({Problem}); it was set aside as {SetAside} and what was known is lost: watching begins anew")]
    public static partial void Damaged(ILogger logger, string file, string problem, string setAside);

    [LoggerMessage(
        5302, LogLevel.Error,
        "usage: {File} could not be written: {Reason}; what is known is kept in memory ({HeldBack} such failures were not logged)")]
    public static partial void SaveFailed(ILogger logger, string file, string reason, long heldBack);

    [LoggerMessage(
        5303, LogLevel.Information, "usage: {File} names {Queries} queries; {Unreadable} are no PromQL: the words in them count as read")]
    public static partial void FileRead(ILogger logger, string file, int queries, int unreadable);

    [LoggerMessage(5304, LogLevel.Error, "usage: {File} cannot be read, so what it reads may look unused: {Problem}")]
    public static partial void FileUnreadable(ILogger logger, string file, string problem);

    [LoggerMessage(5305, LogLevel.Error, "usage: a request of the kind {Kind} could not be observed")]
    public static partial void Failed(ILogger logger, Exception error, string kind);

    [LoggerMessage(
        5306, LogLevel.Warning, "usage: enable, state_file, max_metrics and writes_per_second take effect at the next start only")]
    public static partial void NeedsRestart(ILogger logger);
}
