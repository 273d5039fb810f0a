using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;

namespace AmpEdge.Proxy.Routing;

/// <summary>Refuses queries that would cost too much and tells AMP where to stop the others.</summary>
internal sealed class QueryGuard(QueryGuardConfig config)
{
    /// <summary>AMP ends a query that processes more samples than this parameter says.</summary>
    private const string Threshold = "max_samples_processed_error_threshold";

    public bool IsOn => config.MaxSamplesProcessed > 0 || config.MaxRange > TimeSpan.Zero;

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
        if (!IsOn || !(isRange || ApiPaths.IsInstantQuery(path)))
        {
            return null;
        }

        return (isRange ? CheckRange(query, form) : null) ?? CheckThreshold(query, form, out added);
    }

    private string? CheckRange(RequestTarget query, RequestTarget form)
    {
        if (config.MaxRange <= TimeSpan.Zero
            || !TryTime(Given(query, form, "start"), out double start)
            || !TryTime(Given(query, form, "end"), out double end)
            || end - start <= config.MaxRange.TotalSeconds)
        {
            return null;
        }

        double seconds = Math.Min(end - start, TimeSpan.MaxValue.TotalSeconds / 2);
        return $"the query spans {PrometheusDuration.Format(TimeSpan.FromSeconds(Math.Floor(seconds)))}, which is more than the "
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

    /// <summary>Seconds since 1970, or a time of RFC 3339; false for what the server will refuse anyway.</summary>
    private static bool TryTime(string text, out double seconds)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out seconds))
        {
            return double.IsFinite(seconds);
        }

        bool isTime = DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time);
        seconds = isTime ? time.ToUnixTimeMilliseconds() / 1000.0 : 0;
        return isTime;
    }
}
