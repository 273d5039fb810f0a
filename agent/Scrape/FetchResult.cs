using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>A page that was fetched, or why there is none. Owns the page's buffer.</summary>
internal sealed class FetchResult(PageBuffer? page, ExpositionFormat format, string problem) : IDisposable
{
    public PageBuffer? Page { get; } = page;

    public ExpositionFormat Format { get; } = format;

    /// <summary>Why the fetch failed, or the empty string.</summary>
    public string Problem { get; } = problem;

    /// <summary>True when the page was longer than <c>body_size_limit</c>.</summary>
    public bool OverBodyLimit { get; init; }

    public static FetchResult Failed(string problem, bool overBodyLimit = false) =>
        new(null, default, problem) { OverBodyLimit = overBodyLimit };

    public void Dispose() => Page?.Dispose();
}
