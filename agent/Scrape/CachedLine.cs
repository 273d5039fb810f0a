using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>A line of a target's page as it was seen before, in 16 bytes; its text is in <see cref="LineTexts"/>.</summary>
internal struct CachedLine
{
    /// <summary>A text longer than this is no line that anyone means.</summary>
    public const int MaxLength = (1 << 26) - 1;

    /// <summary>Marks a line that is not a sample: help, type, unit, comment.</summary>
    public const int NoSample = -1;

    /// <summary>Marks a sample that relabelling left without labels.</summary>
    public const int NoLabels = -2;

    /// <summary>Marks a sample of a series that is one too many for <c>series_limit</c>.</summary>
    public const int OverSeriesLimit = -3;

    private const int FirstDropMark = -4;
    private const byte TypeMask = 0x7;
    private const byte SetsTypeBit = 0x8;
    private const byte NeedsTypeBit = 0x10;

    /// <summary>What is known of the family's type, packed.</summary>
    private byte _type;

    /// <summary>The rule that drops the line's sample; false when none does.</summary>
    public readonly bool IsDropped(out int rule)
    {
        rule = FirstDropMark - Series;
        return Series <= FirstDropMark;
    }

    /// <summary>The line that stood below this one last time, or -1: the guess that makes the steady state cheap.</summary>
    public int Next;

    /// <summary>Index of the series' state, or one of the marks above.</summary>
    public int Series;

    /// <summary>The last scrape that showed the line.</summary>
    public int SeenIn;

    /// <summary>
    /// For type lines what they say; the parser needs it when it must step in further down. For a sample with bounds
    /// or quantiles the type under which its labels were made, since that decides how they are written.
    /// </summary>
    public MetricType FamilyType
    {
        readonly get => (MetricType)(_type & TypeMask);
        set => _type = (byte)((_type & ~TypeMask) | (int)value);
    }

    /// <summary>True for type lines.</summary>
    public bool SetsFamilyType
    {
        readonly get => (_type & SetsTypeBit) != 0;
        set => _type = (byte)(value ? _type | SetsTypeBit : _type & ~SetsTypeBit);
    }

    /// <summary>True for samples whose labels depend on the family's type.</summary>
    public bool NeedsFamilyType
    {
        readonly get => (_type & NeedsTypeBit) != 0;
        set => _type = (byte)(value ? _type | NeedsTypeBit : _type & ~NeedsTypeBit);
    }

    /// <summary>Whether the line means the same under a type of its family as when it was remembered.</summary>
    public readonly bool IsUnder(MetricType type) => !NeedsFamilyType || FamilyType == TypeForBounds(type);

    /// <summary>The types that change how bounds and quantiles are written; all others are one.</summary>
    public static MetricType TypeForBounds(MetricType type) =>
        type is MetricType.Histogram or MetricType.Summary ? type : MetricType.Unknown;

    /// <summary>Marks a sample that a metric relabel rule drops; the mark says which.</summary>
    public static int DroppedBy(int rule) => FirstDropMark - rule;
}
