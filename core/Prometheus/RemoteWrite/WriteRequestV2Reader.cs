namespace AmpEdge.Prometheus;

/// <summary>Forward-only cursor over a decoded remote write 2.0 body (<c>io.prometheus.write.v2.Request</c>).</summary>
/// <remarks>
/// A series is checked whole before <see cref="Next"/> yields it: references lie within the symbols and come in pairs, and the
/// buckets of histograms agree with their spans. Unknown fields are skipped; a known field of another wire type, or one of the
/// numbers that are left free for version 1.0, makes the message malformed.
/// <code>
///   Request      4 symbols* (the first one should be empty), 5 timeseries*
///   TimeSeries   1 labels_refs (packed), 2 samples* (1 value, 2 timestamp ms, 3 start ms), 3 histograms*,
///                4 exemplars* (1 labels_refs, 2 value, 3 timestamp ms), 5 metadata (1 type, 3 help_ref, 4 unit_ref),
///                6 created_timestamp ms
/// </code>
/// </remarks>
public ref struct WriteRequestV2Reader
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly SymbolIndex _symbols;
    private ProtobufReader _fields;
    private bool _malformed;

    /// <summary>Begins to read; <paramref name="symbols"/> is filled anew and must stay as it is while reading.</summary>
    public WriteRequestV2Reader(ReadOnlySpan<byte> message, SymbolIndex symbols)
    {
        _message = message;
        _symbols = symbols;
        _fields = new ProtobufReader(message);
        _malformed = !symbols.TryLoad(message);
    }

    /// <summary>The series that <see cref="Next"/> stands on.</summary>
    public TimeSeriesV2 TimeSeries { get; private set; }

    /// <summary>After <see cref="WriteRequestItem.Malformed"/>: where in the message the bad series or field ends.</summary>
    public readonly int ErrorOffset => _fields.Position;

    /// <summary>The text of a reference.</summary>
    public readonly ReadOnlySpan<byte> Symbol(ulong reference) => _symbols.Read(_message, (uint)reference);

    /// <summary>Moves to the next series.</summary>
    public WriteRequestItem Next()
    {
        while (!_malformed)
        {
            uint tag = _fields.NextTag();
            if (tag == 0)
            {
                _malformed = _fields.Malformed;
                return _malformed ? WriteRequestItem.Malformed : WriteRequestItem.End;
            }

            if (tag != WriteRequestV2Fields.RequestTimeSeries)
            {
                _malformed = tag >> 3 == WriteRequestV2Fields.RequestTimeSeries >> 3;
                _fields.Skip(tag);
                continue;
            }

            if (TimeSeriesV2.TryParse(_fields.ReadBytes(), _symbols.Count, out TimeSeriesV2 series) && !_fields.Malformed)
            {
                TimeSeries = series;
                return WriteRequestItem.TimeSeries;
            }

            _malformed = true;
        }

        return WriteRequestItem.Malformed;
    }
}
