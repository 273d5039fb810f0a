using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

internal static partial class HttpLog
{
    [LoggerMessage(1101, LogLevel.Information, "listening: {Server} on {Address}")]
    public static partial void Listening(ILogger logger, string server, Uri address);

    [LoggerMessage(1108, LogLevel.Information, "listening: {Server} on {Path}")]
    public static partial void ListeningOnSocket(ILogger logger, string server, string path);

    [LoggerMessage(1102, LogLevel.Error, "request failed: {Method} {Path}")]
    public static partial void HandlerFailed(ILogger logger, Exception error, string method, string path);

    [LoggerMessage(1103, LogLevel.Debug, "request refused: {Code} {Reason}")]
    public static partial void Refused(ILogger logger, int code, string reason);

    [LoggerMessage(1104, LogLevel.Debug, "client gone: {Method} {Path}")]
    public static partial void ClientGone(ILogger logger, string method, string path);

    [LoggerMessage(1105, LogLevel.Debug, "connection lost: {Reason}")]
    public static partial void ConnectionLost(ILogger logger, string reason);

    [LoggerMessage(1106, LogLevel.Warning, "cannot accept connections: {Server}: {Reason}")]
    public static partial void AcceptFailed(ILogger logger, string server, string reason);

    [LoggerMessage(1109, LogLevel.Information, "accepting connections again: {Server}")]
    public static partial void AcceptsAgain(ILogger logger, string server);

    [LoggerMessage(1107, LogLevel.Error, "connection failed: {Server}")]
    public static partial void ConnectionFailed(ILogger logger, Exception error, string server);
}
