using System.Net;
using AmpEdge.IngestServer.Auth;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.DataPlane;

internal static partial class GuardLog
{
    /// <summary>The audit line. Callers that are refused over and over show in the metric; the level keeps the log calm.</summary>
    [LoggerMessage(4101, LogLevel.Information,
        "request refused: {Reason} {Caller} {Method} {Path} {Client} {Status}")]
    public static partial void Refused(
        ILogger logger, string reason, string caller, string method, string path, IPAddress? client, int status);

    [LoggerMessage(4102, LogLevel.Debug, "request: {Caller} {Action} {Workspace} {BodyBytes}")]
    public static partial void Request(
        ILogger logger, string caller, DataPlaneAction action, string workspace, int bodyBytes);
}
