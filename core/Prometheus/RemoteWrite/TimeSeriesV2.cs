namespace AmpEdge.Prometheus;

/// <summary>One series of a checked remote write 2.0 message; all parts are slices of it.</summary>
public readonly ref struct TimeSeriesV2
{
    private readonly ReadOnlySpan<byte> _message;

    private TimeSeriesV2(ReadOnlySpan<byte> message)
    {
        _message = message;
    }

    /// <summary>The whole message.</summary>
    internal ReadOnlySpan<byte> Message => _message;

    /// <summary>Pairs of symbols, names and values in turn, in the order sent.</summary>
    public ScalarsOf LabelRefs => new(_message, WriteRequestV2Fields.SeriesLabelRefsNumber, ProtobufField.Varint);

    /// <summary>To be read by <see cref="SampleV2.TryParse"/>.</summary>
    public MessagesOf Samples => new(_message, WriteRequestV2Fields.SeriesSample);

    /// <summary>To be read by <see cref="HistogramMessage.TryParse"/>.</summary>
    public MessagesOf Histograms => new(_message, WriteRequestV2Fields.SeriesHistogram);

    /// <summary>To be read by <see cref="ExemplarV2.TryParse"/>.</summary>
    public MessagesOf Exemplars => new(_message, WriteRequestV2Fields.SeriesExemplar);

    public int SampleCount { get; private init; }

    public int HistogramCount { get; private init; }

    public int ExemplarCount { get; private init; }

    public SeriesMetadataV2 Metadata { get; private init; }

    /// <summary>When counting began, as older senders give it for the whole series; 0 where that is not known.</summary>
    public long CreatedTimestampMs { get; private init; }

    internal static bool TryParse(ReadOnlySpan<byte> message, int symbols, out TimeSeriesV2 series)
    {
        ProtobufReader fields = new(message);
        int samples = 0;
        int histograms = 0;
        int exemplars = 0;
        SeriesMetadataV2 metadata = default;
        long createdMs = 0;
        series = default;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            bool good = true;
            switch (tag)
            {
                case WriteRequestV2Fields.SeriesSample:
                    samples++;
                    good = SampleV2.TryParse(fields.ReadBytes(), out _);
                    break;
                case WriteRequestV2Fields.SeriesHistogram:
                    histograms++;
                    good = HistogramMessage.TryParse(fields.ReadBytes(), out _);
                    break;
                case WriteRequestV2Fields.SeriesExemplar:
                    exemplars++;
                    good = ExemplarV2.TryParse(fields.ReadBytes(), out ExemplarV2 exemplar)
                        && AreLabelRefs(exemplar.LabelRefs, symbols);
                    break;
                case WriteRequestV2Fields.SeriesMetadata:
                    good = SeriesMetadataV2.TryParse(fields.ReadBytes(), out metadata)
                        && AreSymbols(metadata.HelpRef, metadata.UnitRef, symbols);
                    break;
                case WriteRequestV2Fields.SeriesCreated:
                    createdMs = (long)fields.ReadVarint();
                    break;
                default:
                    good = tag >> 3 is 1 or > 6 && IsLabelRefsOrUnknown(tag, 6);
                    fields.Skip(tag);
                    break;
            }

            if (!good)
            {
                return false;
            }
        }

        TimeSeriesV2 parsed = new(message)
        {
            SampleCount = samples,
            HistogramCount = histograms,
            ExemplarCount = exemplars,
            Metadata = metadata,
            CreatedTimestampMs = createdMs,
        };
        if (fields.Malformed || !AreLabelRefs(parsed.LabelRefs, symbols))
        {
            return false;
        }

        series = parsed;
        return true;
    }

    /// <summary>False for a tag that has a known field's number, or that of the references with a wrong wire type.</summary>
    internal static bool IsLabelRefsOrUnknown(uint tag, int lastKnown) =>
        tag >> 3 == WriteRequestV2Fields.SeriesLabelRefsNumber
            ? (tag & 7) is ProtobufField.LengthDelimited or ProtobufField.Varint
            : tag >> 3 > lastKnown;

    private static bool AreLabelRefs(ScalarsOf references, int symbols)
    {
        int count = 0;
        while (references.MoveNext())
        {
            if (references.Current >= (ulong)symbols)
            {
                return false;
            }

            count++;
        }

        return !references.Malformed && count % 2 == 0;
    }

    private static bool AreSymbols(uint help, uint unit, int symbols) =>
        Math.Max(help, unit) is var highest && (highest == 0 || highest < symbols);
}
