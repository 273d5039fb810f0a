using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>What the queues say; event ids 2400 to 2499.</summary>
internal static partial class RemoteWriteLog
{
    [LoggerMessage(2400, LogLevel.Information, "remote write {Destination}: sending to {Url} from {Position} on with {Shards} shards")]
    public static partial void Started(ILogger logger, string destination, string url, string position, int shards);

    [LoggerMessage(2401, LogLevel.Warning, "remote write {Destination}: sending fails and is tried again: {Reason}")]
    public static partial void Retrying(ILogger logger, string destination, string reason);

    [LoggerMessage(2402, LogLevel.Information, "remote write {Destination}: sending works again after {Attempts} tries")]
    public static partial void Recovered(ILogger logger, string destination, int attempts);

    [LoggerMessage(2403, LogLevel.Warning, "remote write {Destination}: {Samples} samples were refused and are dropped: {Reason}")]
    public static partial void Refused(ILogger logger, string destination, int samples, string reason);

    [LoggerMessage(2404, LogLevel.Debug, "remote write {Destination}: behind, reading the buffer from {Position} on")]
    public static partial void Behind(ILogger logger, string destination, string position);

    [LoggerMessage(2405, LogLevel.Debug, "remote write {Destination}: up to date, samples come from memory again")]
    public static partial void UpToDate(ILogger logger, string destination);

    [LoggerMessage(2406, LogLevel.Information, "remote write {Destination}: {Before} shards become {After}")]
    public static partial void Resharded(ILogger logger, string destination, int before, int after);

    [LoggerMessage(2407, LogLevel.Warning, "remote write {Destination}: metadata was not taken: {Reason}")]
    public static partial void MetadataFailed(ILogger logger, string destination, string reason);

    [LoggerMessage(2408, LogLevel.Error, "remote write {Destination}: a loop ended by an error and is begun again: {Reason}")]
    public static partial void LoopFailed(ILogger logger, string destination, string reason, Exception error);

    [LoggerMessage(2409, LogLevel.Warning, "remote write {Destination}: a record of the buffer cannot be read and is skipped: {Reason}")]
    public static partial void RecordUnreadable(ILogger logger, string destination, string reason);

    [LoggerMessage(
        2450, LogLevel.Warning,
        "remote write {Destination}: retry_on_http_429: false has no effect: a 429 for rate is always waited for and tried again; "
        + "bound what may wait by the buffer's size and age instead")]
    public static partial void RetriesAnyway(ILogger logger, string destination);

    [LoggerMessage(2410, LogLevel.Error,
        "remote write {Destination}: credentials are refused; everything is kept and sent once they are taken, tried now and then: {Reason}")]
    public static partial void Parked(ILogger logger, string destination, string reason);

    [LoggerMessage(2411, LogLevel.Warning,
        "remote write {Destination}: the receiver does not take remote write 2.0, sending 1.0 from now on: {Reason}")]
    public static partial void FellBack(ILogger logger, string destination, string reason);

    [LoggerMessage(2412, LogLevel.Warning,
        "--ha.cluster: the scraped series {Series} has a cluster or __replica__ label of its own, so the receiver may take the wrong replica: "
        + "rename it by metric_relabel_configs ({HeldBack} more such series were not logged)")]
    public static partial void HaClash(ILogger logger, string series, long heldBack);

    [LoggerMessage(2413, LogLevel.Information,
        "remote write {Destination}: samples older than {Limit} will not be sent, because Amazon Managed Prometheus refuses them; "
        + "sample_age_limit in its queue_config says otherwise")]
    public static partial void AgeLimited(ILogger logger, string destination, string limit);

    [LoggerMessage(2414, LogLevel.Warning,
        "remote write {Destination}: {Samples} samples were older than sample_age_limit ({Limit}) and are dropped "
        + "({HeldBack} more such times were not logged)")]
    public static partial void TooOld(ILogger logger, string destination, int samples, string limit, long heldBack);
}
