using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.Routing;

/// <summary>
/// Refuses queries that would cost too much and tells AMP where to stop the others. Parameters are read by the parsers of our
/// own query API; what those cannot read is refused, so that nothing passes that a server might understand otherwise.
/// </summary>
internal sealed class QueryGuard(QueryGuardConfig config)
{
    /// <summary>AMP ends a query that processes more samples than this parameter says.</summary>
    private const string Threshold = QueryCall.ErrorThreshold;

    public bool IsOn => config.MaxSamplesProcessed > 0 || config.MaxRange > TimeSpan.Zero;

    /// <summary>True for the requests that <see cref="Check"/> looks at.</summary>
    /// <param name="path">As it will be forwarded, escapes undone.</param>
    public bool Guards(string path) => IsOn && (ApiPaths.IsRangeQuery(path) || ApiPaths.IsInstantQuery(path));

    /// <summary>
    /// Null when the query may go on, with what is to be added to its parameters; else why not. A parameter of the form counts
    /// before one of the URL, and the first of several, as the servers read them.
    /// </summary>
    /// <param name="path">As it will be forwarded, escapes undone.</param>
    /// <param name="query">Of the URL, with or without its question mark.</param>
    /// <param name="form">The body, when it is a form; empty without one.</param>
    /// <param name="added">To be appended to the URL's query; empty for nothing.</param>
    public string? Check(string path, string query, ReadOnlySpan<byte> form, out string added)
    {
        added = "";
        if (!Guards(path))
        {
            return null;
        }

        if (!RequestParameters.TryParse(query, form, out RequestParameters parameters, out string unreadable))
        {
            return $"the query's parameters cannot be read: {unreadable}; escape them as a browser does";
        }

        return (ApiPaths.IsRangeQuery(path) ? CheckRange(parameters) : null) ?? CheckThreshold(parameters, out added);
    }

    private string? CheckRange(RequestParameters parameters)
    {
        if (config.MaxRange <= TimeSpan.Zero)
        {
            return null;
        }

        string? noStart = ReadTime(parameters, "start", out long startMs);
        string? noEnd = ReadTime(parameters, "end", out long endMs);
        if (noStart is not null || noEnd is not null)
        {
            return noStart ?? noEnd;
        }

        if (endMs - startMs <= config.MaxRange.TotalMilliseconds)
        {
            return null;
        }

        long seconds = Math.Min((endMs - startMs) / 1000, (long)TimeSpan.MaxValue.TotalSeconds / 2);
        return $"the query spans {PrometheusDuration.Format(TimeSpan.FromSeconds(seconds))}, which is more than the "
            + $"{PrometheusDuration.Format(config.MaxRange)} that this proxy allows (query_guard.max_range); ask for a shorter time";
    }

    private static string? ReadTime(RequestParameters parameters, string name, out long timestampMs) =>
        TimeParameter.TryParse(parameters.Get(name), out timestampMs, out string problem)
            ? null
            : $"invalid parameter \"{name}\": {problem}; give it in seconds since 1970 or as 2006-01-02T15:04:05Z (query_guard.max_range)";

    private string? CheckThreshold(RequestParameters parameters, out string added)
    {
        added = "";
        if (config.MaxSamplesProcessed == 0)
        {
            return null;
        }

        List<string> given = parameters.GetAll(Threshold);
        if (given.Count == 0)
        {
            added = string.Create(CultureInfo.InvariantCulture, $"{Threshold}={config.MaxSamplesProcessed}");
            return null;
        }

        return long.TryParse(given[0], NumberStyles.None, CultureInfo.InvariantCulture, out long own)
            && own > 0 && own <= config.MaxSamplesProcessed
            ? null
            : $"{Threshold} is '{(given[0].Length <= 40 ? given[0] : given[0][..40] + "…")}', allowed: from 1 to "
                + $"{config.MaxSamplesProcessed} (query_guard.{Threshold}); leave it out for that number";
    }
}
