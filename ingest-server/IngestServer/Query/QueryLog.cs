using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.Query;

internal static partial class QueryLog
{
    [LoggerMessage(4401, LogLevel.Error, "query failed: data of {Workspace} could not be read")]
    public static partial void ReadFailed(ILogger logger, Exception error, string workspace);
}
