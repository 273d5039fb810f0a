namespace AmpEdge.Prometheus;

/// <summary>Where the symbols of a remote write 2.0 message lie in it. Reusable from message to message; not thread-safe.</summary>
public sealed class SymbolIndex
{
    private int[] _starts = new int[256];
    private int[] _lengths = new int[256];

    public int Count { get; private set; }

    /// <summary>The symbol of a number below <see cref="Count"/>, as a slice of the message that was loaded.</summary>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> message, uint symbol) => message.Slice(_starts[symbol], _lengths[symbol]);

    /// <summary>
    /// Finds the symbols of a message; false when it is malformed. That the first one is empty, as it should be, is not
    /// asked for: Prometheus takes others too.
    /// </summary>
    internal bool TryLoad(ReadOnlySpan<byte> message)
    {
        Count = 0;
        ProtobufReader fields = new(message);
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            if (tag == WriteRequestV2Fields.RequestSymbol)
            {
                ReadOnlySpan<byte> text = fields.ReadBytes();
                if (!fields.Malformed)
                {
                    Add(fields.Position - text.Length, text.Length);
                }
            }
            else if (tag >> 3 is <= WriteRequestV2Fields.LastReservedOfRequest or WriteRequestV2Fields.RequestSymbol >> 3)
            {
                return false;
            }
            else
            {
                fields.Skip(tag);
            }
        }

        return !fields.Malformed;
    }

    private void Add(int start, int length)
    {
        if (Count == _starts.Length)
        {
            Array.Resize(ref _starts, Count * 2);
            Array.Resize(ref _lengths, Count * 2);
        }

        _starts[Count] = start;
        _lengths[Count++] = length;
    }
}
