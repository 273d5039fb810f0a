using System.Net;
using AmpEdge.IngestServer.Auth;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.DataPlane;

internal static partial class GuardLog
{
    [LoggerMessage(4101, LogLevel.Warning,
        "request refused: {Reason} {Caller} {Method} {Path} {Client} {Status}")]
    public static partial void Refused(
        ILogger logger, string reason, string caller, string method, string path, IPAddress? client, int status);

    [LoggerMessage(4103, LogLevel.Warning,
        "requests refused: {LeftOut} more than the {LinesPerMinute} a minute that are logged")]
    public static partial void LeftOut(ILogger logger, long leftOut, int linesPerMinute);

    [LoggerMessage(4102, LogLevel.Debug, "request: {Caller} {Action} {Workspace} {BodyBytes}")]
    public static partial void Request(
        ILogger logger, string caller, DataPlaneAction action, string workspace, int bodyBytes);
}
