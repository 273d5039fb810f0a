using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>A line of a target's page as it was seen before.</summary>
internal struct CachedLine
{
    /// <summary>Marks a line that is not a sample: help, type, unit, comment.</summary>
    public const int NoSample = -1;

    /// <summary>Marks a sample that relabelling left without labels.</summary>
    public const int NoLabels = -2;

    private const int FirstDropMark = -3;

    /// <summary>Marks a sample that a metric relabel rule drops; the mark says which.</summary>
    public static int DroppedBy(int rule) => FirstDropMark - rule;

    /// <summary>The rule that drops the line's sample; false when none does.</summary>
    public readonly bool IsDropped(out int rule)
    {
        rule = FirstDropMark - Series;
        return Series <= FirstDropMark;
    }

    /// <summary>Where the line's bytes lie in the table: name and labels of a sample, the whole of any other line.</summary>
    public int Start;

    public int Length;

    /// <summary>Hash of those bytes.</summary>
    public ulong Hash;

    /// <summary>The line that stood below this one last time, or -1: the guess that makes the steady state cheap.</summary>
    public int Next;

    /// <summary>The next line in the same hash bucket, or -1.</summary>
    public int Chain;

    /// <summary>Index of the series' state, or one of the marks above.</summary>
    public int Series;

    /// <summary>The last scrape that showed the line.</summary>
    public int SeenIn;

    /// <summary>
    /// For type lines what they say; the parser needs it when it must step in further down. For a sample with bounds
    /// or quantiles the type under which its labels were made, since that decides how they are written.
    /// </summary>
    public MetricType FamilyType;

    /// <summary>True for type lines.</summary>
    public bool SetsFamilyType;

    /// <summary>True for samples whose labels depend on the family's type.</summary>
    public bool NeedsFamilyType;
}
