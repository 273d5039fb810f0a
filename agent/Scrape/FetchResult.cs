namespace AmpEdge.Agent.Scrape;

/// <summary>How fetching a page went.</summary>
/// <param name="Problem">Why there is no page, or null.</param>
/// <param name="BodyBytes">Bytes that were read, decompressed; -1 when they were more than <c>body_size_limit</c>.</param>
internal readonly record struct FetchResult(string? Problem, long BodyBytes)
{
    public bool OverBodyLimit => BodyBytes < 0;

    public static FetchResult Failed(string problem) => new(problem, 0);
}
