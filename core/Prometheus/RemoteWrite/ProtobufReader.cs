using System.Buffers.Binary;

namespace AmpEdge.Prometheus;

/// <summary>Forward-only cursor over the fields of one protobuf message; one sticky failure instead of exceptions.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    /// <summary>How deep unknown groups may nest: nothing that we read has any, so this only bounds the work.</summary>
    private const int MaxGroupDepth = 16;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;

    /// <summary>True once something could not be read. Never reset.</summary>
    public bool Malformed { get; private set; }

    /// <summary>The offset of the next byte to read; after a failure, where it was found.</summary>
    public readonly int Position => _position;

    public readonly bool AtEnd => _position >= _message.Length;

    /// <summary>The next field's tag (<see cref="ProtobufField.Tag"/>); 0 at the end of the message and on failure.</summary>
    public uint NextTag()
    {
        if (Malformed || AtEnd)
        {
            return 0;
        }

        byte first = _message[_position];
        if (first is < 0x80 and >= 1 << 3)
        {
            _position++;
            return first;
        }

        int start = _position;
        ulong tag = ReadVarint();
        if (Malformed || tag > uint.MaxValue || tag >> 3 is 0 or > ProtobufField.MaxNumber)
        {
            return (uint)Fail(start);
        }

        return (uint)tag;
    }

    public ulong ReadVarint()
    {
        if (!Uvarint.TryRead(_message[_position..], out ulong value, out int length))
        {
            return Fail(_position);
        }

        _position += length;
        return value;
    }

    public ulong ReadFixed64()
    {
        if (_message.Length - _position < sizeof(ulong))
        {
            return Fail(_position);
        }

        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(_message[_position..]);
        _position += sizeof(ulong);
        return value;
    }

    /// <summary>A length and that many bytes, as a slice of the message.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        int start = _position;
        ulong length = ReadVarint();
        if (Malformed || length > (ulong)(_message.Length - _position))
        {
            Fail(start);
            return default;
        }

        ReadOnlySpan<byte> bytes = _message.Slice(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    /// <summary>Steps over the value of a field that means nothing to us, as protobuf asks of every reader.</summary>
    public void Skip(uint tag)
    {
        if ((tag & 7) == ProtobufField.StartGroup)
        {
            SkipGroup(tag);
        }
        else
        {
            SkipValue(tag);
        }
    }

    private void SkipValue(uint tag)
    {
        switch (tag & 7)
        {
            case ProtobufField.Varint:
                ReadVarint();
                break;
            case ProtobufField.Fixed64:
                ReadFixed64();
                break;
            case ProtobufField.LengthDelimited:
                ReadBytes();
                break;
            case ProtobufField.Fixed32 when _message.Length - _position >= sizeof(uint):
                _position += sizeof(uint);
                break;
            default:
                Fail(_position);
                break;
        }
    }

    private void SkipGroup(uint startTag)
    {
        Span<uint> open = stackalloc uint[MaxGroupDepth];
        int depth = 0;
        open[depth++] = startTag >> 3;
        while (depth > 0)
        {
            uint tag = NextTag();
            switch (tag & 7)
            {
                case ProtobufField.StartGroup when depth < MaxGroupDepth:
                    open[depth++] = tag >> 3;
                    break;
                case ProtobufField.EndGroup when open[depth - 1] == tag >> 3:
                    depth--;
                    break;
                default:
                    // Tag 0 is the end of the message inside the group.
                    if (tag == 0)
                    {
                        Fail(_position);
                        return;
                    }

                    SkipValue(tag);
                    break;
            }

            if (Malformed)
            {
                return;
            }
        }
    }

    private ulong Fail(int position)
    {
        if (!Malformed)
        {
            Malformed = true;
            _position = position;
        }

        return 0;
    }
}
