using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery;

/// <summary>
/// Requests for extras, each of which needs a permission that discovery can do without: refused once, they are made
/// again after an hour, because permissions are granted later.
/// </summary>
/// <param name="lost">What is missing without it, for the log.</param>
/// <param name="time">The clock of the hour.</param>
/// <param name="log">Is told of each refusal.</param>
internal sealed class OptionalPermission(string lost, TimeProvider time, ILogger log)
{
    public static readonly TimeSpan RetryInterval = TimeSpan.FromHours(1);

    private long? _refusedAt;

    /// <summary>The answer; null while the permission is missing. Other failures pass through.</summary>
    public async Task<T?> TryAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        if (_refusedAt is { } refused && time.GetElapsedTime(refused) < RetryInterval)
        {
            return null;
        }

        try
        {
            T answer = await ask();
            _refusedAt = null;
            return answer;
        }
        catch (AwsApiException error) when (!error.IsThrottling && !error.IsServerError && !error.IsExpiredToken)
        {
            _refusedAt = time.GetTimestamp();
            DiscoveryLog.ExtraRefused(log, lost, error.Message);
            return null;
        }
    }
}
