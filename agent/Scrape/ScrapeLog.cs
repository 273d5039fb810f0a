using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Scrape;

/// <summary>Event ids 2100 to 2199.</summary>
internal static partial class ScrapeLog
{
    [LoggerMessage(2101, LogLevel.Warning, "target is down: {Job} {Url}: {Problem}")]
    public static partial void TargetDown(ILogger logger, string job, Uri url, string problem);

    [LoggerMessage(2102, LogLevel.Information, "target is up again: {Job} {Url}")]
    public static partial void TargetUp(ILogger logger, string job, Uri url);

    [LoggerMessage(2103, LogLevel.Error, "target of job {Job} refused: {Problem}")]
    public static partial void TargetRefused(ILogger logger, string job, string problem);

    [LoggerMessage(2104, LogLevel.Error, "scrape loop of {Job} {Url} failed and goes on with the next scrape")]
    public static partial void LoopFailed(ILogger logger, string job, Uri url, Exception error);

    [LoggerMessage(2105, LogLevel.Information, "job {Job}: {Started} targets started, {Stopped} stopped, {Kept} kept")]
    public static partial void PoolSynced(ILogger logger, string job, int started, int stopped, int kept);

    [LoggerMessage(2107, LogLevel.Warning, "scrape_failure_log_file {Path} cannot be written until the next reload: {Reason}")]
    public static partial void FailureLogBroken(ILogger logger, string path, string reason);

    [LoggerMessage(2106, LogLevel.Debug, "scraped {Url}: {Samples} samples in {DurationMs} ms")]
    public static partial void Scraped(ILogger logger, Uri url, int samples, double durationMs);
}
