using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent;

/// <summary>Event ids 2700 to 2799.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(2701, LogLevel.Information, "--enable-feature={Feature}: {Meaning}")]
    public static partial void Feature(ILogger logger, string feature, string meaning);

    [LoggerMessage(2702, LogLevel.Warning, "the configuration at {Url} cannot be had, the one in force stays: {Problem}")]
    public static partial void ConfigNotFetched(ILogger logger, string url, string problem);
}
