namespace AmpEdge.Agent.Scrape;

/// <summary>What one scrape may hold at most; zero is no limit.</summary>
internal sealed record ScrapeLimits
{
    /// <summary>Samples after relabelling.</summary>
    public long SampleLimit { get; init; }

    /// <summary>Labels of one series, name and target labels included.</summary>
    public long LabelLimit { get; init; }

    /// <summary>Bytes of a label name.</summary>
    public long LabelNameLengthLimit { get; init; }

    /// <summary>Bytes of a label value, the metric's name included.</summary>
    public long LabelValueLengthLimit { get; init; }

    /// <summary>Bytes of a page after decompression.</summary>
    public long BodySizeLimit { get; init; }
}
