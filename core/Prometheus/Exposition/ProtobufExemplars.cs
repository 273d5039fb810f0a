using System.Text.Unicode;

namespace AmpEdge.Prometheus;

/// <summary>Walks the exemplars of one series. What is no exemplar is passed over, as a server does.</summary>
internal ref struct ProtobufExemplars
{
    private readonly bool _onlyWithTime;
    private readonly uint _innerTag;
    private MessagesOf _messages;

    public ProtobufExemplars(ReadOnlySpan<byte> message, ProtobufExemplarForm form)
    {
        uint tag = form switch
        {
            ProtobufExemplarForm.Counter => MetricFamilyFields.CounterExemplar,
            ProtobufExemplarForm.Bucket => MetricFamilyFields.BucketExemplar,
            _ => MetricFamilyFields.HistogramExemplar,
        };
        _messages = new MessagesOf(message, tag);
        if (form != ProtobufExemplarForm.Histogram)
        {
            return;
        }

        _onlyWithTime = true;
        MessagesOf own = _messages;
        if (!own.MoveNext())
        {
            _messages = new MessagesOf(message, MetricFamilyFields.HistogramBucket);
            _innerTag = MetricFamilyFields.BucketExemplar;
        }
    }

    public double Value { get; private set; }

    public bool HasTimestamp { get; private set; }

    public long TimestampMs { get; private set; }

    /// <summary>Moves on; the labels go behind the series' text in <paramref name="scratch"/>.</summary>
    public bool TryNext(ProtobufScratch scratch, LabelSlots labels)
    {
        while (_messages.MoveNext())
        {
            ReadOnlySpan<byte> exemplar = _messages.Current;
            if (_innerTag != 0)
            {
                MessagesOf inner = new(exemplar, _innerTag);
                if (!inner.MoveNext())
                {
                    continue;
                }

                exemplar = inner.Current;
            }

            if (TryRead(exemplar, scratch, labels) && (HasTimestamp || !_onlyWithTime))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A google.protobuf.Timestamp in milliseconds; fractions of them are cut off.</summary>
    public static bool TryReadTimestamp(ReadOnlySpan<byte> message, out long timestampMs)
    {
        ProtobufReader fields = new(message);
        long seconds = 0;
        long nanos = 0;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case MetricFamilyFields.TimestampSeconds:
                    seconds = (long)fields.ReadVarint();
                    break;
                case MetricFamilyFields.TimestampNanos:
                    nanos = (long)fields.ReadVarint();
                    break;
                default:
                    fields.Skip(tag);
                    break;
            }
        }

        timestampMs = unchecked((seconds * 1000) + (nanos / 1_000_000));
        return !fields.Malformed;
    }

    private bool TryRead(ReadOnlySpan<byte> message, ProtobufScratch scratch, LabelSlots labels)
    {
        labels.Clear();
        Value = 0;
        HasTimestamp = false;
        bool valid = true;
        ProtobufReader fields = new(message);
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case MetricFamilyFields.ExemplarLabel:
                    valid &= ProtobufMetric.TryReadLabel(
                            fields.ReadBytes(), out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
                        && LabelNames.IsUtf8Name(name) && Utf8.IsValid(value);
                    scratch.AddExemplarLabel(name, value, labels);
                    break;
                case MetricFamilyFields.ExemplarValue:
                    Value = BitConverter.UInt64BitsToDouble(fields.ReadFixed64());
                    break;
                case MetricFamilyFields.ExemplarTimestamp:
                    HasTimestamp = TryReadTimestamp(fields.ReadBytes(), out long timestampMs);
                    TimestampMs = timestampMs;
                    break;
                default:
                    fields.Skip(tag);
                    break;
            }
        }

        return valid && !fields.Malformed;
    }
}
