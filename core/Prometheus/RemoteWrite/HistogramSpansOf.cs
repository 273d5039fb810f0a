namespace AmpEdge.Prometheus;

/// <summary>Walks the spans of one side of a <see cref="HistogramMessage"/>.</summary>
public ref struct HistogramSpansOf
{
    private MessagesOf _spans;

    internal HistogramSpansOf(ReadOnlySpan<byte> histogram, uint tag)
    {
        _spans = new MessagesOf(histogram, tag);
    }

    public HistogramSpan Current { get; private set; }

    public readonly HistogramSpansOf GetEnumerator() => this;

    public bool MoveNext()
    {
        if (!_spans.MoveNext() || !TryParse(_spans.Current, out HistogramSpan span))
        {
            return false;
        }

        Current = span;
        return true;
    }

    internal static bool TryParse(ReadOnlySpan<byte> message, out HistogramSpan span)
    {
        ProtobufReader fields = new(message);
        long offset = 0;
        ulong length = 0;
        span = default;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            switch (tag)
            {
                case HistogramFields.SpanOffset:
                    offset = Uvarint.UnZigZag(fields.ReadVarint());
                    break;
                case HistogramFields.SpanLength:
                    length = fields.ReadVarint();
                    break;
                default:
                    if (tag >> 3 <= 2)
                    {
                        return false;
                    }

                    fields.Skip(tag);
                    break;
            }
        }

        span = new HistogramSpan((int)offset, (uint)length);
        return !fields.Malformed && offset is >= int.MinValue and <= int.MaxValue && length <= uint.MaxValue;
    }
}
