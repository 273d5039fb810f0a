namespace AmpEdge.Prometheus;

/// <summary>
/// Puts the series of a classic histogram, which follow each other on a page, together to one histogram with custom
/// buckets. Ask <see cref="EndsAt"/> for every entry, and after the last; then <see cref="TryTake"/> it.
/// </summary>
/// <remarks>A histogram that the page also gives in a native form is left as it is.</remarks>
public sealed class ClassicHistograms
{
    /// <summary>A series with more labels belongs to no histogram that anyone means.</summary>
    private const int MaxLabels = 256;

    private readonly CustomBuckets _buckets = new();
    private readonly GroupText _group = new();
    private readonly GroupText _candidate = new();
    private readonly GroupText _native = new();
    private readonly ByteBuffer _family = new();
    private ClassicSeriesRole _role;
    private double _bound;
    private bool _holds;
    private bool _hasTimestamp;
    private long _timestampMs;

    /// <summary>The histogram, once <see cref="TryConvert"/> said so.</summary>
    public Histogram Histogram { get; } = new();

    /// <summary>The exemplars of the series that were taken.</summary>
    public ExemplarList Exemplars { get; } = new();

    public bool HasTimestamp => _hasTimestamp;

    public long TimestampMs => _timestampMs;

    /// <summary>The histogram's name and labels.</summary>
    public GroupedSeries Series => new(_group);

    /// <summary>Forgets everything: a page begins.</summary>
    public void Clear()
    {
        _family.Clear();
        _native.Clear();
        ClearGroup();
    }

    /// <summary>True when series are held that the entry does not belong to: their histogram comes before it.</summary>
    public bool EndsAt<TParser>(ref TParser parser, ExpositionEntry entry)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        _role = ClassicSeriesRole.None;
        switch (entry)
        {
            case ExpositionEntry.Type:
                _family.Clear();
                if (parser.FamilyType == MetricType.Histogram)
                {
                    _family.Append(parser.Name);
                }

                break;
            case ExpositionEntry.Series when _family.Length > 0:
                _role = RoleOf(in parser);
                break;
            case ExpositionEntry.Histogram:
                WriteNative(in parser);
                break;
        }

        bool belongs = _role == ClassicSeriesRole.Created || (_role != ClassicSeriesRole.None && _candidate.Equals(_group));
        return _holds && !belongs;
    }

    /// <summary>Takes the series that was just asked for, with its exemplars; false when it is not part of a histogram.</summary>
    public bool TryTake<TParser>(ref TParser parser, ExemplarList exemplars)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        switch (_role)
        {
            case ClassicSeriesRole.Bucket:
                _buckets.AddBucket(_bound, parser.Value);
                break;
            case ClassicSeriesRole.Count:
                _buckets.SetCount(parser.Value);
                break;
            case ClassicSeriesRole.Sum:
                _buckets.SetSum(parser.Value);
                break;
            default:
                return false;
        }

        if (!_holds)
        {
            _holds = true;
            _group.CopyFrom(_candidate);
            _hasTimestamp = parser.HasTimestamp;
            _timestampMs = parser.TimestampMs;
        }

        Exemplars.AddAll(exemplars);
        return true;
    }

    /// <summary>
    /// Makes <see cref="Histogram"/> of what is held, at the end of the page or where <see cref="EndsAt"/> said so; false
    /// when nothing is held or when it makes none. <see cref="ClearGroup"/> comes after it.
    /// </summary>
    public bool TryConvert(out bool isBroken)
    {
        bool converted = _holds && _buckets.TryConvert(Histogram);
        isBroken = _holds && !converted;
        return converted;
    }

    public void ClearGroup()
    {
        _holds = false;
        _buckets.Clear();
        _group.Clear();
        Exemplars.Clear();
    }

    private void WriteNative<TParser>(ref readonly TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        if (parser.Labels.Count > MaxLabels)
        {
            _native.Clear();
            return;
        }

        _native.Write(in parser, parser.Name.Length, leftOut: default);
    }

    private ClassicSeriesRole RoleOf<TParser>(ref readonly TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        ReadOnlySpan<byte> name = parser.Name;
        if (!name.StartsWith(_family.Written) || parser.Labels.Count > MaxLabels)
        {
            return ClassicSeriesRole.None;
        }

        ReadOnlySpan<byte> suffix = name[_family.Length..];
        ClassicSeriesRole role =
            suffix.SequenceEqual("_bucket"u8) ? ClassicSeriesRole.Bucket
            : suffix.SequenceEqual("_count"u8) ? ClassicSeriesRole.Count
            : suffix.SequenceEqual("_sum"u8) ? ClassicSeriesRole.Sum
            : suffix.SequenceEqual("_created"u8) ? ClassicSeriesRole.Created
            : ClassicSeriesRole.None;
        if (role == ClassicSeriesRole.None || (role == ClassicSeriesRole.Bucket && !TryReadBound(in parser)))
        {
            return ClassicSeriesRole.None;
        }

        _candidate.Write(in parser, _family.Length, role == ClassicSeriesRole.Bucket ? "le"u8 : default);
        return _candidate.Equals(_native) ? ClassicSeriesRole.None : role;
    }

    private bool TryReadBound<TParser>(ref readonly TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        foreach (ref readonly LabelSlot slot in parser.Labels.Slots)
        {
            if (parser.Page.Slice(slot.NameStart, slot.NameLength).SequenceEqual("le"u8))
            {
                return FloatParser.TryParse(parser.Page.Slice(slot.ValueStart, slot.ValueLength), out _bound);
            }
        }

        return false;
    }
}
