namespace AmpEdge.Prometheus;

/// <summary>
/// Which series of an OpenMetrics page a <c>_created</c> line speaks of: those of its family before and after it whose labels, but for
/// <c>le</c> and <c>quantile</c>, are its own. Tell it every entry in turn.
/// </summary>
/// <remarks>OpenMetrics 1.0, "MetricPoint: created"; counters, histograms and summaries have one.</remarks>
public sealed class CreatedGroups
{
    /// <summary>A series with more labels belongs to no group that anyone means.</summary>
    private const int MaxLabels = 256;

    private readonly ByteBuffer _family = new();
    private readonly GroupText _group = new();
    private readonly GroupText _candidate = new();
    private bool _holds;

    /// <summary>When the group that was asked for last began to count, in milliseconds since 1970; 0 as long as no line said so.</summary>
    public long CreatedMs { get; private set; }

    /// <summary>Forgets everything: a page begins.</summary>
    public void Clear()
    {
        _family.Clear();
        EndGroup();
    }

    /// <summary>Takes an entry that is no series: it ends a group, and a type begins a family.</summary>
    public void TakeMetadata<TParser>(ref readonly TParser parser, ExpositionEntry entry)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        EndGroup();
        if (entry == ExpositionEntry.Type)
        {
            _family.Clear();
            _family.Append(HasCreated(parser.FamilyType) ? parser.Name : default);
        }
    }

    /// <summary>True for a line that says when a group was created, and is no series then.</summary>
    public static bool IsCreated<TParser>(ref readonly TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct =>
        HasCreated(parser.FamilyType) && parser.Name.EndsWith("_created"u8);

    /// <summary>Takes a <c>_created</c> line; false when it speaks of other series than those before it.</summary>
    public bool TakeCreated<TParser>(ref readonly TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        bool belongs = Follow(in parser);

        // Seconds since 1970; what no time can be says nothing.
        double milliseconds = parser.Value * 1000;
        CreatedMs = milliseconds is > 0 and < long.MaxValue ? (long)milliseconds : 0;
        return belongs;
    }

    /// <summary>Moves on to a series; true when it belongs to the group of the line before.</summary>
    public bool Follow<TParser>(ref readonly TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        if (_family.Length == 0 || parser.Labels.Count > MaxLabels || !parser.Name.StartsWith(_family.Written))
        {
            EndGroup();
            return false;
        }

        _candidate.Write(in parser, _family.Length, LeftOut(in parser));
        if (_holds && _candidate.Equals(_group))
        {
            return true;
        }

        EndGroup();
        _holds = true;
        _group.CopyFrom(_candidate);
        return false;
    }

    private static bool HasCreated(MetricType type) => type is MetricType.Counter or MetricType.Histogram or MetricType.Summary;

    private static ReadOnlySpan<byte> LeftOut<TParser>(ref readonly TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct => parser.FamilyType switch
    {
        MetricType.Histogram => "le"u8,
        MetricType.Summary => "quantile"u8,
        _ => default,
    };

    private void EndGroup()
    {
        _holds = false;
        CreatedMs = 0;
    }
}
