namespace AmpEdge.Prometheus;

/// <summary>One Metric message: takes it apart into the series that it stands for.</summary>
internal ref struct ProtobufMetric
{
    private const int NativeStep = -1;
    private const int CountStep = 0;
    private const int SumStep = 1;
    private const int PartsStep = 2;

    private MetricType _type;
    private ReadOnlySpan<byte> _value;
    private MessagesOf _parts;
    private bool _hasPart;
    private bool _hasClassic;
    private bool _needsInfinity;
    private int _step;

    /// <summary>True when no part is left, as before the first metric.</summary>
    public bool AtEnd { readonly get => !field; private set => field = !value; }

    public int LabelCount { get; private set; }

    /// <summary>0 when the metric has no time of its own.</summary>
    public long TimestampMs { get; private set; }

    public long StartTimestampMs { get; private set; }

    public static bool TryReadLabel(
        ReadOnlySpan<byte> message, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        ProtobufReader fields = new(message);
        name = default;
        value = default;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case MetricFamilyFields.LabelName:
                    name = fields.ReadBytes();
                    break;
                case MetricFamilyFields.LabelValue:
                    value = fields.ReadBytes();
                    break;
                default:
                    fields.Skip(tag);
                    break;
            }
        }

        return !fields.Malformed;
    }

    /// <summary>Takes a message; what is wrong with it, or null.</summary>
    public string? Begin(ReadOnlySpan<byte> message, MetricType type, HistogramForms forms)
    {
        _type = type;
        _value = default;
        LabelCount = 0;
        TimestampMs = 0;
        StartTimestampMs = 0;
        uint valueTag = ValueTag(type);
        ProtobufReader fields = new(message);
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            if (tag == MetricFamilyFields.MetricTimestamp)
            {
                TimestampMs = (long)fields.ReadVarint();
            }
            else if (tag == valueTag)
            {
                _value = fields.ReadBytes();
            }
            else
            {
                LabelCount += tag == MetricFamilyFields.MetricLabel ? 1 : 0;
                fields.Skip(tag);
            }
        }

        if (fields.Malformed || !TryReadStart())
        {
            return "malformed message";
        }

        BeginParts(forms);
        return null;
    }

    /// <summary>The next series; the histogram is filled when it is a native one.</summary>
    public ProtobufPart NextPart(bool isGauge, Histogram histogram)
    {
        ProtobufPart part = default;
        int step = _step++;
        switch (step)
        {
            case NativeStep:
                part.Problem = ProtobufHistogram.Read(_value, isGauge, histogram);
                part.Exemplars = _value;
                part.ExemplarForm = ProtobufExemplarForm.Histogram;
                AtEnd = !_hasClassic;
                break;
            case CountStep when _type is MetricType.Summary or MetricType.Histogram or MetricType.GaugeHistogram:
                part.Suffix = "_count"u8;
                part.Value = SampleCount();
                break;
            case SumStep:
                part.Suffix = "_sum"u8;
                part.Value = ReadDouble(_value, MetricFamilyFields.SampleSum);
                _hasPart = _parts.MoveNext();
                AtEnd = !_hasPart && !_needsInfinity;
                break;
            case >= PartsStep when _type == MetricType.Summary:
                NextQuantile(ref part);
                break;
            case >= PartsStep:
                NextBucket(ref part);
                break;
            default:
                part.Value = ReadDouble(_value, MetricFamilyFields.SimpleValue);
                part.Exemplars = _value;
                part.ExemplarForm = _type == MetricType.Counter ? ProtobufExemplarForm.Counter : ProtobufExemplarForm.None;
                AtEnd = true;
                break;
        }

        return part;
    }

    private static uint ValueTag(MetricType type) => type switch
    {
        MetricType.Counter => MetricFamilyFields.MetricCounter,
        MetricType.Gauge => MetricFamilyFields.MetricGauge,
        MetricType.Summary => MetricFamilyFields.MetricSummary,
        MetricType.Histogram or MetricType.GaugeHistogram => MetricFamilyFields.MetricHistogram,
        _ => MetricFamilyFields.MetricUntyped,
    };

    private void BeginParts(HistogramForms forms)
    {
        AtEnd = false;
        _step = CountStep;
        bool isHistogram = _type is MetricType.Histogram or MetricType.GaugeHistogram;
        _parts = new MessagesOf(
            _value, isHistogram ? MetricFamilyFields.HistogramBucket : MetricFamilyFields.SummaryQuantile);
        _needsInfinity = isHistogram;
        if (isHistogram && forms.Native && ProtobufHistogram.IsNative(_value))
        {
            _step = NativeStep;
            MessagesOf buckets = _parts;
            _hasClassic = forms.AlwaysClassic && buckets.MoveNext();
        }
    }

    private void NextQuantile(ref ProtobufPart part)
    {
        ProtobufReader fields = new(_parts.Current);
        double quantile = 0;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case MetricFamilyFields.QuantileQuantile:
                    quantile = BitConverter.UInt64BitsToDouble(fields.ReadFixed64());
                    break;
                case MetricFamilyFields.QuantileValue:
                    part.Value = BitConverter.UInt64BitsToDouble(fields.ReadFixed64());
                    break;
                default:
                    fields.Skip(tag);
                    break;
            }
        }

        part.BoundName = "quantile"u8;
        part.Bound = quantile;
        part.Problem = fields.Malformed ? "malformed quantile" : null;
        AtEnd = !_parts.MoveNext();
    }

    /// <summary>Buckets as they come, and the one of all observations when it is not among them.</summary>
    private void NextBucket(ref ProtobufPart part)
    {
        part.Suffix = "_bucket"u8;
        part.BoundName = "le"u8;
        if (!_hasPart)
        {
            part.Bound = double.PositiveInfinity;
            part.Value = SampleCount();
            AtEnd = true;
            return;
        }

        part.Problem = ReadBucket(_parts.Current, out double bound, out double count) ? null : "malformed bucket";
        part.Bound = bound;
        part.Value = count;
        part.Exemplars = _parts.Current;
        part.ExemplarForm = ProtobufExemplarForm.Bucket;
        _needsInfinity &= !double.IsPositiveInfinity(bound);
        _hasPart = _parts.MoveNext();
        AtEnd = !_hasPart && !_needsInfinity;
    }

    private static bool ReadBucket(ReadOnlySpan<byte> message, out double bound, out double count)
    {
        ProtobufReader fields = new(message);
        ulong integer = 0;
        bound = 0;
        count = 0;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case MetricFamilyFields.BucketBound:
                    bound = BitConverter.UInt64BitsToDouble(fields.ReadFixed64());
                    break;
                case MetricFamilyFields.BucketCount:
                    integer = fields.ReadVarint();
                    break;
                case MetricFamilyFields.BucketCountFloat:
                    count = BitConverter.UInt64BitsToDouble(fields.ReadFixed64());
                    break;
                default:
                    fields.Skip(tag);
                    break;
            }
        }

        count = integer != 0 ? integer : count;
        return !fields.Malformed;
    }

    private readonly double SampleCount()
    {
        ulong count = ReadVarint(_value, MetricFamilyFields.SampleCount);
        return count != 0 || _type == MetricType.Summary
            ? count
            : ReadDouble(_value, MetricFamilyFields.SampleCountFloat);
    }

    private bool TryReadStart()
    {
        uint startTag = _type switch
        {
            MetricType.Counter => MetricFamilyFields.CounterStart,
            MetricType.Summary => MetricFamilyFields.SummaryStart,
            MetricType.Histogram or MetricType.GaugeHistogram => MetricFamilyFields.HistogramStart,
            _ => 0,
        };
        ProtobufReader fields = new(_value);
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            if (tag == startTag)
            {
                if (!ProtobufExemplars.TryReadTimestamp(fields.ReadBytes(), out long startMs))
                {
                    return false;
                }

                StartTimestampMs = startMs;
            }
            else
            {
                fields.Skip(tag);
            }
        }

        return !fields.Malformed;
    }

    /// <summary>The last field of the tag in a message that was walked before; 0 without one.</summary>
    private static double ReadDouble(ReadOnlySpan<byte> message, uint wanted)
    {
        double value = 0;
        ProtobufReader fields = new(message);
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            if (tag == wanted)
            {
                value = BitConverter.UInt64BitsToDouble(fields.ReadFixed64());
            }
            else
            {
                fields.Skip(tag);
            }
        }

        return value;
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> message, uint wanted)
    {
        ulong value = 0;
        ProtobufReader fields = new(message);
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            if (tag == wanted)
            {
                value = fields.ReadVarint();
            }
            else
            {
                fields.Skip(tag);
            }
        }

        return value;
    }
}
