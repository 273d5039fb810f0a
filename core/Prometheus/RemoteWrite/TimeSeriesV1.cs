namespace AmpEdge.Prometheus;

/// <summary>One <c>prometheus.TimeSeries</c> of a checked message; all parts are slices of it.</summary>
public readonly ref struct TimeSeriesV1
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly ReadOnlySpan<byte> _samples;

    private TimeSeriesV1(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> rawLabels, ReadOnlySpan<byte> samples, int sampleCount,
        int exemplarCount, int histogramCount)
    {
        _message = message;
        RawLabels = rawLabels;
        _samples = samples;
        SampleCount = sampleCount;
        ExemplarCount = exemplarCount;
        HistogramCount = histogramCount;
    }

    /// <summary>The whole message.</summary>
    internal ReadOnlySpan<byte> Message => _message;

    /// <summary>
    /// The bytes from the first label field to the last one, tags and lengths included: equal bytes are equal labels, so
    /// they can key a cache.
    /// </summary>
    public ReadOnlySpan<byte> RawLabels { get; }

    public int SampleCount { get; }

    public int ExemplarCount { get; }

    public int HistogramCount { get; }

    /// <summary>The exemplars, which were not looked into: to be read by <see cref="ExemplarV1.TryParse"/>, which may say no.</summary>
    public MessagesOf Exemplars => new(_message, WriteRequestV1Fields.SeriesExemplar);

    /// <summary>The native histograms, which were not looked into: to be read by <see cref="HistogramMessage.TryParse"/>.</summary>
    public MessagesOf Histograms => new(_message, WriteRequestV1Fields.SeriesHistogram);

    /// <summary>The labels in the order sent: neither sorted nor checked for doubles.</summary>
    public LabelPairsV1 Labels => new(RawLabels);

    /// <summary>The samples in the order sent.</summary>
    public SamplesV1 Samples => new(_samples);

    internal static bool TryParse(ReadOnlySpan<byte> message, out TimeSeriesV1 series)
    {
        series = default;
        Region labels = default;
        Region samples = default;
        int exemplarCount = 0;
        int histogramCount = 0;
        int at = 0;
        while (at < message.Length)
        {
            int start = at;
            if (UsualFormV1.TryLabel(message, at, out _, out int end))
            {
                at = end;
                labels.Add(start, end);
                continue;
            }

            if (UsualFormV1.TrySample(message, at, out _))
            {
                at += UsualFormV1.SampleFieldLength;
                samples.Add(start, at);
                continue;
            }

            if (!TryReadField(message, ref at, out uint tag, out ReadOnlySpan<byte> content))
            {
                return false;
            }

            switch (tag)
            {
                case WriteRequestV1Fields.SeriesLabel:
                    if (!LabelPairsV1.TryParse(content, out _, out _))
                    {
                        return false;
                    }

                    labels.Add(start, at);
                    break;
                case WriteRequestV1Fields.SeriesSample:
                    if (!SamplesV1.TryParse(content, out _, out _))
                    {
                        return false;
                    }

                    samples.Add(start, at);
                    break;
                case WriteRequestV1Fields.SeriesExemplar:
                    exemplarCount++;
                    break;
                case WriteRequestV1Fields.SeriesHistogram:
                    histogramCount++;
                    break;
                default:
                    if (tag >> 3 <= 4)
                    {
                        return false;
                    }

                    break;
            }
        }

        series = new TimeSeriesV1(
            message, message[labels.Start..labels.End], message[samples.Start..samples.End], samples.Count, exemplarCount, histogramCount);
        return true;
    }

    /// <summary>Reads a field's tag and its value, which is empty unless it is length-delimited; false when it is malformed.</summary>
    internal static bool TryReadField(
        ReadOnlySpan<byte> message, scoped ref int at, out uint tag, out ReadOnlySpan<byte> content)
    {
        ProtobufReader fields = new(message[at..]);
        tag = fields.NextTag();
        content = default;
        if ((tag & 7) == ProtobufField.LengthDelimited)
        {
            content = fields.ReadBytes();
        }
        else
        {
            fields.Skip(tag);
        }

        at += fields.Position;
        return !fields.Malformed;
    }

    /// <summary>From the first field of a kind to the last one, with how many there are.</summary>
    private struct Region
    {
        public int Start;
        public int End;
        public int Count;

        public void Add(int start, int end)
        {
            Start = Count == 0 ? start : Start;
            End = end;
            Count++;
        }
    }
}
