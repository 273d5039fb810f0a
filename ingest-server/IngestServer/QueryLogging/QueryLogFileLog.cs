using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.QueryLogging;

internal static partial class QueryLogFileLog
{
    [LoggerMessage(4451, LogLevel.Error, "query log not written: {HeldBack} more failures of this kind since the last line")]
    public static partial void WriteFailed(ILogger logger, Exception error, long heldBack);
}
