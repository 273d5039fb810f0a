using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

internal static partial class LineFileLog
{
    [LoggerMessage(4451, LogLevel.Error, "{File} not written: {HeldBack} more failures of this kind since the last line")]
    public static partial void WriteFailed(ILogger logger, string file, Exception error, long heldBack);
}
