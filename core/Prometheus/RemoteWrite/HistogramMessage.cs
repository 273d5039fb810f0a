namespace AmpEdge.Prometheus;

/// <summary>
/// One native histogram of a checked message, with integer or float counts; remote write 1.0 and 2.0 carry the same. Counts of
/// buckets are differences to the bucket before in the integer form, plain numbers in the float form.
/// </summary>
/// <remarks>Its parts agree: each side has as many buckets as its spans say, and only one of the two forms is used.</remarks>
public readonly ref struct HistogramMessage
{
    /// <summary>More buckets than this on one side are no histogram that anyone can mean; Prometheus's own widest has far fewer.</summary>
    public const int MaxBuckets = 1 << 20;

    private readonly ReadOnlySpan<byte> _message;

    private HistogramMessage(ReadOnlySpan<byte> message, Scalars scalars)
    {
        _message = message;
        IsFloat = scalars.IsFloat;
        Count = scalars.Count;
        ZeroCount = scalars.ZeroCount;
        Sum = scalars.Sum;
        Schema = scalars.Schema;
        ZeroThreshold = scalars.ZeroThreshold;
        ResetHint = scalars.ResetHint;
        TimestampMs = scalars.TimestampMs;
        StartTimestampMs = scalars.StartTimestampMs;
    }

    /// <summary>The message's bytes: what a sender may copy as it is.</summary>
    public ReadOnlySpan<byte> Bytes => _message;

    /// <summary>True when counts are floats: then <see cref="Count"/> and <see cref="ZeroCount"/> are the bits of doubles.</summary>
    public bool IsFloat { get; }

    /// <summary>The observations; bits of a double in the float form.</summary>
    public ulong Count { get; }

    /// <summary>The observations in the zero bucket; bits of a double in the float form.</summary>
    public ulong ZeroCount { get; }

    public double Sum { get; }

    public int Schema { get; }

    public double ZeroThreshold { get; }

    public CounterResetHint ResetHint { get; }

    /// <summary>Milliseconds since 1970.</summary>
    public long TimestampMs { get; }

    /// <summary>When counting began, in milliseconds since 1970; 0 where that is not known.</summary>
    public long StartTimestampMs { get; }

    public HistogramSpansOf PositiveSpans => new(_message, HistogramFields.PositiveSpans);

    public HistogramSpansOf NegativeSpans => new(_message, HistogramFields.NegativeSpans);

    public ScalarsOf PositiveDeltas => Varints(HistogramFields.PositiveDeltasNumber);

    public ScalarsOf NegativeDeltas => Varints(HistogramFields.NegativeDeltasNumber);

    public ScalarsOf PositiveCounts => Doubles(HistogramFields.PositiveCountsNumber);

    public ScalarsOf NegativeCounts => Doubles(HistogramFields.NegativeCountsNumber);

    /// <summary>The upper boundaries of custom buckets, ascending, without +Inf.</summary>
    public ScalarsOf CustomValues => Doubles(HistogramFields.CustomValuesNumber);

    /// <summary>Makes the histogram the message's content, without spans that have no buckets.</summary>
    public void CopyTo(Histogram histogram)
    {
        histogram.Clear();
        histogram.CounterResetHint = ResetHint;
        histogram.Schema = Schema;
        histogram.ZeroThreshold = ZeroThreshold;
        histogram.Sum = Sum;
        histogram.IsFloat = IsFloat;
        histogram.Count = IsFloat ? 0 : Count;
        histogram.ZeroCount = IsFloat ? 0 : ZeroCount;
        histogram.FloatCount = IsFloat ? BitConverter.UInt64BitsToDouble(Count) : 0;
        histogram.FloatZeroCount = IsFloat ? BitConverter.UInt64BitsToDouble(ZeroCount) : 0;
        ScalarsOf bounds = CustomValues;
        while (bounds.MoveNext())
        {
            histogram.AddCustomValue(bounds.CurrentDouble);
        }

        Fill(histogram.Positive, PositiveSpans, PositiveDeltas, PositiveCounts);
        Fill(histogram.Negative, NegativeSpans, NegativeDeltas, NegativeCounts);
    }

    private static void Fill(HistogramSide side, HistogramSpansOf spans, ScalarsOf deltas, ScalarsOf counts)
    {
        while (spans.MoveNext())
        {
            side.AddSpan(spans.Current);
        }

        while (deltas.MoveNext())
        {
            side.AddDelta(deltas.CurrentSigned);
        }

        while (counts.MoveNext())
        {
            side.AddFloatCount(counts.CurrentDouble);
        }

        side.RemoveEmptySpans();
    }

    /// <summary>False when the bytes are no histogram, or one whose spans and buckets do not agree.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out HistogramMessage histogram)
    {
        histogram = default;
        if (!TryReadScalars(message, out Scalars scalars))
        {
            return false;
        }

        HistogramMessage parsed = new(message, scalars);
        if (!parsed.SideAgrees(HistogramFields.PositiveSpans, parsed.PositiveDeltas, parsed.PositiveCounts)
            || !parsed.SideAgrees(HistogramFields.NegativeSpans, parsed.NegativeDeltas, parsed.NegativeCounts)
            || ScalarsOf.Count(parsed.CustomValues) < 0)
        {
            return false;
        }

        histogram = parsed;
        return true;
    }

    private static bool TryReadScalars(ReadOnlySpan<byte> message, out Scalars scalars)
    {
        ProtobufReader fields = new(message);
        scalars = default;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                // The last of a oneof wins.
                case HistogramFields.CountInt:
                    (scalars.IsFloat, scalars.Count) = (false, fields.ReadVarint());
                    break;
                case HistogramFields.CountFloat:
                    (scalars.IsFloat, scalars.Count) = (true, fields.ReadFixed64());
                    break;
                case HistogramFields.ZeroCountInt:
                    scalars.ZeroCount = fields.ReadVarint();
                    break;
                case HistogramFields.ZeroCountFloat:
                    scalars.ZeroCount = fields.ReadFixed64();
                    break;
                case HistogramFields.Sum:
                    scalars.Sum = BitConverter.UInt64BitsToDouble(fields.ReadFixed64());
                    break;
                case HistogramFields.Schema:
                    scalars.Schema = (int)Uvarint.UnZigZag(fields.ReadVarint());
                    break;
                case HistogramFields.ZeroThreshold:
                    scalars.ZeroThreshold = BitConverter.UInt64BitsToDouble(fields.ReadFixed64());
                    break;
                case HistogramFields.ResetHint:
                    scalars.ResetHint = (CounterResetHint)fields.ReadVarint();
                    break;
                case HistogramFields.Timestamp:
                    scalars.TimestampMs = (long)fields.ReadVarint();
                    break;
                case HistogramFields.StartTimestamp:
                    scalars.StartTimestampMs = (long)fields.ReadVarint();
                    break;
                default:
                    if (!IsRepeated(tag) && tag >> 3 <= HistogramFields.StartTimestamp >> 3)
                    {
                        return false;
                    }

                    fields.Skip(tag);
                    break;
            }
        }

        return !fields.Malformed && scalars.ResetHint is >= CounterResetHint.Unknown and <= CounterResetHint.Gauge;
    }

    /// <summary>True for the tags of spans, and for those of the number fields in both of their forms.</summary>
    private static bool IsRepeated(uint tag)
    {
        uint wireType = tag & 7;
        return (tag >> 3) switch
        {
            HistogramFields.NegativeSpans >> 3 or HistogramFields.PositiveSpans >> 3 => wireType == ProtobufField.LengthDelimited,
            HistogramFields.NegativeDeltasNumber or HistogramFields.PositiveDeltasNumber =>
                wireType is ProtobufField.LengthDelimited or ProtobufField.Varint,
            HistogramFields.NegativeCountsNumber or HistogramFields.PositiveCountsNumber or HistogramFields.CustomValuesNumber =>
                wireType is ProtobufField.LengthDelimited or ProtobufField.Fixed64,
            _ => false,
        };
    }

    private bool SideAgrees(uint spansTag, ScalarsOf deltas, ScalarsOf counts)
    {
        ulong buckets = 0;
        foreach (ReadOnlySpan<byte> message in new MessagesOf(_message, spansTag))
        {
            if (!HistogramSpansOf.TryParse(message, out HistogramSpan span))
            {
                return false;
            }

            buckets += span.Length;
            if (buckets > MaxBuckets)
            {
                return false;
            }
        }

        int used = ScalarsOf.Count(IsFloat ? counts : deltas);
        int unused = ScalarsOf.Count(IsFloat ? deltas : counts);
        return unused == 0 && used >= 0 && (ulong)used == buckets;
    }

    private ScalarsOf Varints(int number) => new(_message, number, ProtobufField.Varint);

    private ScalarsOf Doubles(int number) => new(_message, number, ProtobufField.Fixed64);

    private struct Scalars
    {
        public bool IsFloat;
        public ulong Count;
        public ulong ZeroCount;
        public double Sum;
        public int Schema;
        public double ZeroThreshold;
        public CounterResetHint ResetHint;
        public long TimestampMs;
        public long StartTimestampMs;
    }
}
