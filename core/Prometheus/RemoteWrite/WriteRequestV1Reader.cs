namespace AmpEdge.Prometheus;

/// <summary>Forward-only cursor over a decoded remote write 1.0 body (<c>prometheus.WriteRequest</c>).</summary>
/// <remarks>
/// Everything it yields is a slice of the message. A series is checked whole before <see cref="Next"/> yields it, labels
/// and samples included, so that what reads it need not check again. Unknown fields are skipped; a known field of another
/// wire type makes the message malformed, as it does for Prometheus.
/// <code>
///   WriteRequest     1 timeseries*, 3 metadata*
///   TimeSeries       1 labels* (1 name, 2 value), 2 samples* (1 value double, 2 timestamp ms), 3 exemplars*, 4 histograms*
///   MetricMetadata   1 type, 2 family name, 4 help, 5 unit
/// </code>
/// </remarks>
public ref struct WriteRequestV1Reader(ReadOnlySpan<byte> message)
{
    private ProtobufReader _fields = new(message);
    private bool _malformed;

    /// <summary>The series that <see cref="Next"/> stands on.</summary>
    public TimeSeriesV1 TimeSeries { get; private set; }

    /// <summary>The metadata that <see cref="Next"/> stands on.</summary>
    public MetricMetadataV1 Metadata { get; private set; }

    /// <summary>After <see cref="WriteRequestItem.Malformed"/>: where in the message the bad series or field ends.</summary>
    public readonly int ErrorOffset => _fields.Position;

    /// <summary>Moves to the next series or metadata.</summary>
    public WriteRequestItem Next()
    {
        while (!_malformed)
        {
            uint tag = _fields.NextTag();
            switch (tag)
            {
                case WriteRequestV1Fields.RequestTimeSeries:
                    if (TimeSeriesV1.TryParse(_fields.ReadBytes(), out TimeSeriesV1 series) && !_fields.Malformed)
                    {
                        TimeSeries = series;
                        return WriteRequestItem.TimeSeries;
                    }

                    _malformed = true;
                    break;
                case WriteRequestV1Fields.RequestMetadata:
                    if (MetricMetadataV1.TryParse(_fields.ReadBytes(), out MetricMetadataV1 metadata) && !_fields.Malformed)
                    {
                        Metadata = metadata;
                        return WriteRequestItem.Metadata;
                    }

                    _malformed = true;
                    break;
                case 0:
                    if (!_fields.Malformed)
                    {
                        return WriteRequestItem.End;
                    }

                    _malformed = true;
                    break;
                default:
                    SkipUnknown(tag);
                    break;
            }
        }

        return WriteRequestItem.Malformed;
    }

    private void SkipUnknown(uint tag)
    {
        if (tag >> 3 is 1 or 3)
        {
            _malformed = true;
            return;
        }

        _fields.Skip(tag);
        _malformed = _fields.Malformed;
    }
}
