using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.Ingest;

internal static partial class IngestLog
{
    [LoggerMessage(4301, LogLevel.Error, "write failed: {Workspace} could not be written to, senders are told to retry")]
    public static partial void StoreFailed(ILogger logger, Exception error, string workspace);

    [LoggerMessage(4302, LogLevel.Debug, "write refused: {Workspace} {Caller} {Text}")]
    public static partial void Refused(ILogger logger, string workspace, string caller, string text);
}
