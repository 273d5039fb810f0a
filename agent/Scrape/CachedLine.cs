using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>A line of a target's page as it was seen before, in 24 bytes.</summary>
internal struct CachedLine
{
    /// <summary>A text longer than this is no line that anyone means.</summary>
    public const int MaxLength = (1 << LengthBits) - 1;

    /// <summary>Marks a line that is not a sample: help, type, unit, comment.</summary>
    public const int NoSample = -1;

    /// <summary>Marks a sample that relabelling left without labels.</summary>
    public const int NoLabels = -2;

    /// <summary>Marks a sample of a series that is one too many for <c>series_limit</c>.</summary>
    public const int OverSeriesLimit = -3;

    private const int FirstDropMark = -4;
    private const int LengthBits = 26;
    private const uint TypeMask = 0x7;
    private const uint SetsTypeBit = 0x8;
    private const uint NeedsTypeBit = 0x10;
    private const int LengthShift = 5;

    /// <summary>Length and what is known of the family's type, packed.</summary>
    private uint _lengthAndType;

    public CachedLine(ulong hash, int length)
    {
        Hash = hash;
        _lengthAndType = (uint)length << LengthShift;
        Next = -1;
        Series = NoSample;
    }

    /// <summary>The rule that drops the line's sample; false when none does.</summary>
    public readonly bool IsDropped(out int rule)
    {
        rule = FirstDropMark - Series;
        return Series <= FirstDropMark;
    }

    /// <summary><see cref="LineHash"/> of name and labels of a sample, of the whole of any other line.</summary>
    public ulong Hash { get; }

    /// <summary>The line that stood below this one last time, or -1: the guess that makes the steady state cheap.</summary>
    public int Next;

    /// <summary>Index of the series' state, or one of the marks above.</summary>
    public int Series;

    /// <summary>The last scrape that showed the line.</summary>
    public int SeenIn;

    /// <summary>The length of what was hashed.</summary>
    public readonly int Length => (int)(_lengthAndType >> LengthShift);

    /// <summary>
    /// For type lines what they say; the parser needs it when it must step in further down. For a sample with bounds
    /// or quantiles the type under which its labels were made, since that decides how they are written.
    /// </summary>
    public MetricType FamilyType
    {
        readonly get => (MetricType)(_lengthAndType & TypeMask);
        set => _lengthAndType = (_lengthAndType & ~TypeMask) | (uint)value;
    }

    /// <summary>True for type lines.</summary>
    public bool SetsFamilyType
    {
        readonly get => (_lengthAndType & SetsTypeBit) != 0;
        set => _lengthAndType = value ? _lengthAndType | SetsTypeBit : _lengthAndType & ~SetsTypeBit;
    }

    /// <summary>True for samples whose labels depend on the family's type.</summary>
    public bool NeedsFamilyType
    {
        readonly get => (_lengthAndType & NeedsTypeBit) != 0;
        set => _lengthAndType = value ? _lengthAndType | NeedsTypeBit : _lengthAndType & ~NeedsTypeBit;
    }

    /// <summary>Marks a sample that a metric relabel rule drops; the mark says which.</summary>
    public static int DroppedBy(int rule) => FirstDropMark - rule;
}
