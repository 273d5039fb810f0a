using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Listening;

internal static partial class ListeningLog
{
    [LoggerMessage(5801, LogLevel.Error, "changed certificate files cannot be used, the last ones stay: {Listener} {Reason}")]
    public static partial void CertificateNotTaken(ILogger logger, string listener, string reason);

    [LoggerMessage(5802, LogLevel.Error, "a changed token file cannot be used, the last token stays: {File} {Reason}")]
    public static partial void TokenNotTaken(ILogger logger, string file, string reason);
}
