namespace AmpEdge.Agent.Scrape;

/// <summary>What the labels of one series may be at most; zero is no limit.</summary>
internal sealed record ScrapeLimits
{
    /// <summary>Labels of one series, name and target labels included.</summary>
    public long LabelLimit { get; init; }

    /// <summary>Bytes of a label name.</summary>
    public long LabelNameLengthLimit { get; init; }

    /// <summary>Bytes of a label value, the metric's name included.</summary>
    public long LabelValueLengthLimit { get; init; }
}
