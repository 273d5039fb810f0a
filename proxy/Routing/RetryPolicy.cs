using System.Net;
using AmpEdge.Proxy.Config;

namespace AmpEdge.Proxy.Routing;

/// <summary>Decides whether and when a request is sent again.</summary>
internal sealed class RetryPolicy
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(100);

    private readonly RetriesConfig _config;
    private readonly RetryBudget _budget;
    private readonly Random _random;

    /// <param name="config">How often, what and how long.</param>
    /// <param name="random">Spreads the waits of many callers.</param>
    public RetryPolicy(RetriesConfig config, Random random)
    {
        _config = config;
        _budget = new RetryBudget(config.BudgetPercent);
        _random = random;
    }

    /// <summary>True when a request is one that may be repeated at all. Counts it for the budget.</summary>
    public bool Begin(string method, string path)
    {
        _budget.Earn();
        return _config.MaxAttempts > 1
            && (ApiPaths.IsRead(method, path) || (_config.Writes && ApiPaths.IsSampleWrite(method, path)));
    }

    /// <summary>An answer that another attempt may better.</summary>
    public static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests
        or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
        or HttpStatusCode.GatewayTimeout;

    /// <summary>How long to wait before the next attempt; null when there shall be none. Takes it from the budget.</summary>
    /// <param name="attempts">Made so far.</param>
    /// <param name="retryAfter">What the upstream asked for; null when it did not.</param>
    public TimeSpan? NextWait(int attempts, TimeSpan? retryAfter)
    {
        if (attempts >= _config.MaxAttempts)
        {
            return null;
        }

        TimeSpan wait = retryAfter ?? Backoff(attempts);
        return wait <= _config.MaxWait && _budget.TrySpend() ? wait : null;
    }

    /// <summary>Doubles with each attempt, half of it by chance.</summary>
    private TimeSpan Backoff(int attempts)
    {
        double share;
        lock (_random)
        {
            share = 0.5 + _random.NextDouble() / 2;
        }

        TimeSpan wait = s_firstWait * Math.Pow(2, attempts - 1) * share;
        return wait < _config.MaxWait ? wait : _config.MaxWait;
    }
}
