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
}
