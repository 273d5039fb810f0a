using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent;

/// <summary>Event ids 2700 to 2799.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(2701, LogLevel.Information, "--enable-feature={Feature}: {Meaning}")]
    public static partial void Feature(ILogger logger, string feature, string meaning);
}
