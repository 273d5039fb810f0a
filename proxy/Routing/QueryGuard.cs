using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.Routing;

/// <summary>Refuses queries that would cost too much and tells AMP where to stop the others.</summary>
internal sealed class QueryGuard(QueryGuardConfig config)
{
    /// <summary>AMP ends a query that processes more samples than this parameter says.</summary>
    private const string Threshold = "max_samples_processed_error_threshold";

    public bool IsOn => config.MaxSamplesProcessed > 0 || config.MaxRange > TimeSpan.Zero;

    /// <summary>True for the requests that <see cref="Check"/> looks at.</summary>
    /// <param name="path">As it will be forwarded, escapes undone.</param>
    public bool Guards(string path) => IsOn && (ApiPaths.IsRangeQuery(path) || ApiPaths.IsInstantQuery(path));

    /// <summary>
    /// Null when the query may go on, with what is to be added to its parameters; else why not. A parameter of the form counts
    /// before one of the URL, and the first of several, as the servers read them.
    /// </summary>
    /// <param name="path">As it will be forwarded, escapes undone.</param>
    /// <param name="query">Of the URL.</param>
    /// <param name="form">The parameters of a form in the body, written as a query is; empty without one.</param>
    /// <param name="added">To be appended to the URL's query; empty for nothing.</param>
    public string? Check(string path, RequestTarget query, RequestTarget form, out string added)
    {
        added = "";
        bool isRange = ApiPaths.IsRangeQuery(path);
        if (!Guards(path))
        {
            return null;
        }

        return (isRange ? CheckRange(query, form) : null) ?? CheckThreshold(query, form, out added);
    }

    private string? CheckRange(RequestTarget query, RequestTarget form)
    {
        if (config.MaxRange <= TimeSpan.Zero
            // Read as the servers read them: what is no time for us is none for them.
            || !TimeParameter.TryParse(Given(query, form, "start"), out long startMs, out _)
            || !TimeParameter.TryParse(Given(query, form, "end"), out long endMs, out _)
            || endMs - startMs <= config.MaxRange.TotalMilliseconds)
        {
            return null;
        }

        long seconds = Math.Min((endMs - startMs) / 1000, (long)TimeSpan.MaxValue.TotalSeconds / 2);
        return $"the query spans {PrometheusDuration.Format(TimeSpan.FromSeconds(seconds))}, which is more than the "
            + $"{PrometheusDuration.Format(config.MaxRange)} that this proxy allows (query_guard.max_range); ask for a shorter time";
    }

    private string? CheckThreshold(RequestTarget query, RequestTarget form, out string added)
    {
        added = "";
        if (config.MaxSamplesProcessed == 0)
        {
            return null;
        }

        string given = Given(query, form, Threshold);
        if (given.Length == 0)
        {
            added = string.Create(CultureInfo.InvariantCulture, $"{Threshold}={config.MaxSamplesProcessed}");
            return null;
        }

        return long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out long own)
            && own > 0 && own <= config.MaxSamplesProcessed
            ? null
            : $"{Threshold} is '{(given.Length <= 40 ? given : given[..40] + "…")}', allowed: from 1 to "
                + $"{config.MaxSamplesProcessed} (query_guard.{Threshold}); leave it out for that number";
    }

    private static string Given(RequestTarget query, RequestTarget form, string name) =>
        form.Parameter(name) is { Length: > 0 } inForm ? inForm : query.Parameter(name);
}
