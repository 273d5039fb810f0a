namespace AmpEdge.Prometheus;

/// <summary>One <c>prometheus.TimeSeries</c> of a checked message; all parts are slices of it.</summary>
public readonly ref struct TimeSeriesV1
{
    private readonly ReadOnlySpan<byte> _samples;

    private TimeSeriesV1(
        ReadOnlySpan<byte> rawLabels, ReadOnlySpan<byte> samples, int sampleCount, int exemplarCount, int histogramCount)
    {
        RawLabels = rawLabels;
        _samples = samples;
        SampleCount = sampleCount;
        ExemplarCount = exemplarCount;
        HistogramCount = histogramCount;
    }

    /// <summary>
    /// The bytes from the first label field to the last one, tags and lengths included: equal bytes are equal labels, so
    /// they can key a cache.
    /// </summary>
    public ReadOnlySpan<byte> RawLabels { get; }

    public int SampleCount { get; }

    /// <summary>Exemplars were skipped; this says how many.</summary>
    public int ExemplarCount { get; }

    /// <summary>Native histograms were skipped; this says how many.</summary>
    public int HistogramCount { get; }

    /// <summary>The labels in the order sent: neither sorted nor checked for doubles.</summary>
    public LabelPairsV1 Labels => new(RawLabels);

    /// <summary>The samples in the order sent.</summary>
    public SamplesV1 Samples => new(_samples);

    internal static bool TryParse(ReadOnlySpan<byte> message, out TimeSeriesV1 series)
    {
        ProtobufReader fields = new(message);
        int labelsStart = -1;
        int labelsEnd = 0;
        int samplesStart = -1;
        int samplesEnd = 0;
        int sampleCount = 0;
        int exemplarCount = 0;
        int histogramCount = 0;
        bool wellFormed = true;
        while (wellFormed)
        {
            int start = fields.Position;
            uint tag = fields.NextTag();
            if (tag == 0)
            {
                break;
            }

            switch (tag)
            {
                case WriteRequestV1Fields.SeriesLabel:
                    wellFormed = LabelPairsV1.TryParse(fields.ReadBytes(), out _, out _);
                    labelsStart = labelsStart < 0 ? start : labelsStart;
                    labelsEnd = fields.Position;
                    break;
                case WriteRequestV1Fields.SeriesSample:
                    wellFormed = SamplesV1.TryParse(fields.ReadBytes(), out _, out _);
                    samplesStart = samplesStart < 0 ? start : samplesStart;
                    samplesEnd = fields.Position;
                    sampleCount++;
                    break;
                case WriteRequestV1Fields.SeriesExemplar:
                    fields.ReadBytes();
                    exemplarCount++;
                    break;
                case WriteRequestV1Fields.SeriesHistogram:
                    fields.ReadBytes();
                    histogramCount++;
                    break;
                default:
                    wellFormed = tag >> 3 > 4;
                    fields.Skip(tag);
                    break;
            }
        }

        if (!wellFormed || fields.Malformed)
        {
            series = default;
            return false;
        }

        series = new TimeSeriesV1(
            labelsStart < 0 ? default : message[labelsStart..labelsEnd],
            samplesStart < 0 ? default : message[samplesStart..samplesEnd],
            sampleCount,
            exemplarCount,
            histogramCount);
        return true;
    }
}
