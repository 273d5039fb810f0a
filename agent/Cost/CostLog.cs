using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Cost;

/// <summary>Event ids 2600 to 2699.</summary>
internal static partial class CostLog
{
    [LoggerMessage(
        2601, LogLevel.Warning,
        "destination {Destination} is near the quota {Quota} of its workspace: {Used} of {Limit} ({Percent} %); above it samples are refused with 429")]
    public static partial void NearQuota(
        ILogger logger, string destination, string quota, long used, long limit, double percent);

    [LoggerMessage(
        2602, LogLevel.Information, "destination {Destination} is clear of the quota {Quota} again: {Percent} % used")]
    public static partial void BelowQuota(ILogger logger, string destination, string quota, double percent);
}
