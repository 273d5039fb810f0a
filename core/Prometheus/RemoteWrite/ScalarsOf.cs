namespace AmpEdge.Prometheus;

/// <summary>
/// Walks a repeated field of varints or doubles: packed, one by one, or both mixed, as every protobuf reader has to take it.
/// </summary>
public ref struct ScalarsOf
{
    private readonly uint _packedTag;
    private readonly uint _singleTag;
    private ProtobufReader _fields;
    private ProtobufReader _packed;

    internal ScalarsOf(ReadOnlySpan<byte> message, int fieldNumber, int wireType)
    {
        _fields = new ProtobufReader(message);
        _packed = new ProtobufReader([]);
        _packedTag = ProtobufField.Tag(fieldNumber, ProtobufField.LengthDelimited);
        _singleTag = ProtobufField.Tag(fieldNumber, wireType);
    }

    /// <summary>The varint, or the bits of the double.</summary>
    public ulong Current { get; private set; }

    /// <summary>The value of a sint32 or sint64 field.</summary>
    public readonly long CurrentSigned => Uvarint.UnZigZag(Current);

    public readonly double CurrentDouble => BitConverter.UInt64BitsToDouble(Current);

    /// <summary>True when the walk ended in bytes that are no such field.</summary>
    public readonly bool Malformed => _fields.Malformed || _packed.Malformed;

    public readonly ScalarsOf GetEnumerator() => this;

    public bool MoveNext()
    {
        while (true)
        {
            if (!_packed.AtEnd)
            {
                Current = Read(ref _packed);
                return !_packed.Malformed;
            }

            uint tag = _fields.NextTag();
            if (tag == 0 || Malformed)
            {
                return false;
            }

            if (tag == _packedTag)
            {
                _packed = new ProtobufReader(_fields.ReadBytes());
            }
            else if (tag == _singleTag)
            {
                Current = Read(ref _fields);
                return !_fields.Malformed;
            }
            else
            {
                _fields.Skip(tag);
            }
        }
    }

    /// <summary>How many values there are; -1 when they are malformed.</summary>
    internal static int Count(ScalarsOf values)
    {
        int count = 0;
        while (values.MoveNext())
        {
            count++;
        }

        return values.Malformed ? -1 : count;
    }

    private readonly ulong Read(ref ProtobufReader reader) =>
        (_singleTag & 7) == ProtobufField.Fixed64 ? reader.ReadFixed64() : reader.ReadVarint();
}
