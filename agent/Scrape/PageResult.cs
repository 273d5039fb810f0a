namespace AmpEdge.Agent.Scrape;

/// <summary>What reading one page gave; the numbers count up to the failure, when there is one.</summary>
internal readonly record struct PageResult
{
    /// <summary>Samples on the page.</summary>
    public int Scraped { get; init; }

    /// <summary>Samples that relabelling left.</summary>
    public int AfterRelabel { get; init; }

    /// <summary>Series that were not there the scrape before.</summary>
    public int SeriesAdded { get; init; }

    /// <summary>Samples left out because the page has the same series twice.</summary>
    public int Duplicates { get; init; }

    /// <summary>Samples left out because their own time lies too far in the future.</summary>
    public int OutOfBounds { get; init; }

    /// <summary>Samples left out because their series is one too many for <c>series_limit</c>.</summary>
    public int OverSeriesLimit { get; init; }

    /// <summary>Classic histograms whose parts make no native one.</summary>
    public int NotConverted { get; init; }

    /// <summary>True when a native histogram had too many buckets even at the lowest resolution.</summary>
    public bool OverBucketLimit { get; init; }

    /// <summary>True when there were more samples than <c>sample_limit</c> allows.</summary>
    public bool OverSampleLimit { get; init; }

    /// <summary>True when a series had more or longer labels than the limits on labels allow.</summary>
    public bool OverLabelLimits { get; init; }

    /// <summary>Why the page is refused, or null.</summary>
    public string? Problem { get; init; }
}
