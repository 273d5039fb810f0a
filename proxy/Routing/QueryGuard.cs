using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.PromQL;
using AmpEdge.Proxy.Config;
using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.Routing;

/// <summary>
/// Refuses queries that would cost too much and tells AMP where to stop the others. Parameters are read by the parsers of our
/// own query API; what those cannot read is refused, so that nothing passes that a server might understand otherwise.
/// </summary>
/// <param name="config">What is allowed.</param>
/// <param name="time">When an instant query asks that names no time.</param>
internal sealed class QueryGuard(QueryGuardConfig config, TimeProvider time)
{
    // Instant selectors look back five minutes by themselves, which is no reach: they read one sample of each series.
    private static readonly EngineOptions s_reach = new()
    {
        LookbackDelta = TimeSpan.FromMilliseconds(1),
        Parser = ParserOptions.Everything,
    };

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

        return CheckRange(parameters, ApiPaths.IsRangeQuery(path)) ?? CheckThreshold(parameters, out added);
    }

    private string? CheckRange(RequestParameters parameters, bool isRange)
    {
        if (config.MaxRange <= TimeSpan.Zero)
        {
            return null;
        }

        long startMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        long endMs = startMs;
        string? problem = isRange
            ? ReadTime(parameters, "start", out startMs) ?? ReadTime(parameters, "end", out endMs)
            : parameters.Get("time").Length > 0 ? ReadTime(parameters, "time", out startMs) : null;
        if (problem is not null)
        {
            return problem;
        }

        endMs = isRange ? endMs : startMs;
        return CheckSpan(startMs, endMs, "spans") ?? CheckReach(parameters, isRange, startMs, endMs);
    }

    /// <summary>From the first to the last moment that the query is about: windows, subqueries, offsets and <c>@</c> reach further.</summary>
    private string? CheckReach(RequestParameters parameters, bool isRange, long startMs, long endMs)
    {
        string text = parameters.Get("query");
        if (text.Length == 0 || endMs < startMs)
        {
            // The server says what is wrong with it.
            return null;
        }

        long stepMs = 1;
        if (isRange && (!DurationParameter.TryParse(parameters.Get("step"), out stepMs, out string noStep) || stepMs <= 0))
        {
            return $"invalid parameter \"step\": {(noStep.Length > 0 ? noStep : "it must be greater than 0")}; give it in seconds or as 1m (query_guard.max_range)";
        }

        if (!PromQLParser.Parse(text, s_reach.Parser).TryGet(out Expr? query, out string? unreadable))
        {
            return $"this proxy cannot tell how far the query reaches (query_guard.max_range): {unreadable}";
        }

        try
        {
            StepRange steps = isRange ? new StepRange(startMs, endMs, stepMs) : StepRange.Instant(startMs);
            QueryTimeSpan reach = QueryTimeSpan.Of(query, steps, s_reach);
            return CheckSpan(Math.Min(startMs, reach.MinMs), Math.Max(endMs, reach.MaxMs), "reaches over");
        }
        catch (QueryException wrong)
        {
            return $"this proxy cannot tell how far the query reaches (query_guard.max_range): {wrong.Message}";
        }
    }

    private string? CheckSpan(long firstMs, long lastMs, string how)
    {
        // Beyond what a long holds for times that no server has.
        Int128 spanMs = (Int128)lastMs - firstMs;
        if (spanMs <= (long)config.MaxRange.TotalMilliseconds)
        {
            return null;
        }

        long seconds = (long)Int128.Min(spanMs / 1000, (long)TimeSpan.MaxValue.TotalSeconds / 2);
        return $"the query {how} {PrometheusDuration.Format(TimeSpan.FromSeconds(seconds))}, which is more than the "
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
