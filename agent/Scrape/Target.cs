using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>Something to scrape: its final labels, its address, and how the last scrape went.</summary>
internal sealed class Target
{
    private TargetStatus _status = TargetStatus.NotScraped;
    private Labels _discoveredLabels;

    /// <param name="labels">All labels after relabelling, those of two leading underscores included.</param>
    /// <param name="discoveredLabels">The labels before relabelling.</param>
    /// <param name="url">What is fetched.</param>
    /// <param name="interval">Between two scrapes.</param>
    /// <param name="timeout">After which a scrape has failed.</param>
    public Target(Labels labels, Labels discoveredLabels, Uri url, TimeSpan interval, TimeSpan timeout)
    {
        Labels = labels;
        _discoveredLabels = discoveredLabels;
        Url = url;
        Interval = interval;
        Timeout = timeout;
        PublicLabels = WithoutReserved(labels);
        Hash = XxHash64.Hash(Encoding.UTF8.GetBytes(url.AbsoluteUri), labels.Hash);
    }

    public Labels Labels { get; }

    /// <summary>The labels before relabelling, which may change while the labels after it do not.</summary>
    public Labels DiscoveredLabels
    {
        get => Volatile.Read(ref _discoveredLabels);
        set => Volatile.Write(ref _discoveredLabels, value);
    }

    /// <summary>The labels that series get.</summary>
    public Labels PublicLabels { get; }

    public Uri Url { get; }

    public TimeSpan Interval { get; }

    public TimeSpan Timeout { get; }

    public TargetHistograms Histograms { get; init; }

    /// <summary>Tells targets apart and spreads their scrapes over the interval.</summary>
    public ulong Hash { get; }

    /// <summary>How the last scrape went; written by the target's loop.</summary>
    public TargetStatus Status
    {
        get => Volatile.Read(ref _status);
        set => Volatile.Write(ref _status, value);
    }

    public TargetMetadata Metadata { get; } = new();

    /// <summary>True when the other is the same thing to scrape in the same way.</summary>
    public bool IsSameAs(Target other) => Hash == other.Hash && Labels.Equals(other.Labels) && Url == other.Url;

    private static Labels WithoutReserved(Labels labels)
    {
        LabelsBuilder builder = new();
        foreach (LabelPair label in labels)
        {
            if (!label.Name.StartsWith("__"u8))
            {
                builder.Append(label.Name, label.Value);
            }
        }

        return builder.Build();
    }
}
