namespace AmpEdge.Agent.Scrape;

/// <summary>The numbers of <see cref="PageResult"/> while they grow.</summary>
internal struct PageCounters
{
    public int Scraped;
    public int AfterRelabel;
    public int SeriesAdded;
    public int Duplicates;
    public int OutOfBounds;
    public int OverSeriesLimit;
    public int NotConverted;
    public int Stored;
    public bool OverSampleLimit;
    public bool OverBucketLimit;

    /// <summary>Remembered lines that the page has.</summary>
    public int Lines;

    /// <summary>The result of a page that a problem fails, or its limits, or nothing.</summary>
    public readonly PageResult ToResult(string? problem, bool isOverLabelLimits) => new()
    {
        Scraped = Scraped,
        AfterRelabel = AfterRelabel,
        SeriesAdded = SeriesAdded,
        Duplicates = Duplicates,
        OutOfBounds = OutOfBounds,
        OverSeriesLimit = OverSeriesLimit,
        NotConverted = NotConverted,
        OverSampleLimit = OverSampleLimit,
        OverBucketLimit = OverBucketLimit,
        OverLabelLimits = problem is not null && isOverLabelLimits,
        Problem = problem
            ?? (OverSampleLimit ? "sample limit exceeded" : OverBucketLimit ? "histogram bucket limit exceeded" : null),
    };
}
