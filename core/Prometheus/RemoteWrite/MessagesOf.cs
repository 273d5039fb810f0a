namespace AmpEdge.Prometheus;

/// <summary>Walks the length-delimited fields of one tag in a message that was checked before; yields their contents.</summary>
public ref struct MessagesOf
{
    private readonly uint _tag;
    private ProtobufReader _fields;

    internal MessagesOf(ReadOnlySpan<byte> message, uint tag)
    {
        _fields = new ProtobufReader(message);
        _tag = tag;
    }

    /// <summary>The field's content, a slice of the message.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly MessagesOf GetEnumerator() => this;

    public bool MoveNext()
    {
        for (uint tag = _fields.NextTag(); tag != 0; tag = _fields.NextTag())
        {
            if (tag == _tag)
            {
                Current = _fields.ReadBytes();
                return !_fields.Malformed;
            }

            _fields.Skip(tag);
        }

        return false;
    }
}
