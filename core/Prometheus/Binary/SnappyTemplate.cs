using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AmpEdge.Prometheus;

/// <summary>
/// A Snappy block of records that come again with other numbers: each record is some content that stays, a value of eight bytes
/// that never does, and a tail that is the same for all records of one time, a stamp in it. What stays is searched and compressed
/// once; after that a record costs a copy of the dozen bytes that its elements take, and its value. Immutable but for the stamp
/// that was written last: not thread-safe.
/// </summary>
/// <remarks>
/// <code>
///   content     | stays | value 8 | tail |  | stays | value 8 | tail |  …
///   fragments   elements of 'stays' | elements of 'tail, stays' | … | elements of the last tail
/// </code>
/// Fragments lie behind each other; where one ends, the elements of the value are made anew each time (<see cref="SnappyComposer"/>).
/// No element of a fragment repeats a byte of a value, nor a byte of a stamp that is not the same byte of the stamp: that is
/// checked when the template is made, for every byte. Copies only reach back within the records, so the elements may stand
/// behind any others, and those of the first records are whole without the rest.
/// </remarks>
public sealed class SnappyTemplate
{
    /// <summary>A value is a number of eight bytes, little-endian.</summary>
    public const int ValueLength = sizeof(ulong);

    /// <summary>Fragments are copied by so many bytes, also the last one.</summary>
    internal const int CopyLength = 16;

    /// <summary>What a byte of the content is; 0 when it stays, and the bytes of the stamp by their place.</summary>
    private const byte IsValue = 1;
    private const byte FirstOfStamp = 2;

    /// <summary>So many high bytes of a value may be those of another one: sign, exponent, the first of the fraction.</summary>
    private const int RoomForValue = 3;

    /// <summary>Bytes that no label or length begins with in this order; only for the search, every match is checked.</summary>
    private const byte StampMark = 0xF8;

    private readonly byte[] _fragments;
    private readonly ushort[] _fragmentLengths;
    private readonly ushort[] _recordLengths;
    private readonly ValueNeighbour[] _before;
    private readonly ValueNeighbour[] _behind;
    private readonly (int At, byte First, byte Length)[] _stamps;
    private readonly byte[] _tail;
    private readonly int _stampLength;

    private SnappyTemplate(
        in Divider divided, ushort[] recordLengths, ReadOnlySpan<byte> tail, int stampLength)
    {
        ReadOnlySpan<byte> fragments = divided.Fragments;
        _fragments = new byte[fragments.Length + CopyLength];
        fragments.CopyTo(_fragments);
        _fragmentLengths = divided.FragmentLengths;
        _recordLengths = recordLengths;
        _before = divided.Before;
        _behind = divided.Behind;
        _stamps = divided.Stamps;
        _tail = tail.ToArray();
        _stampLength = stampLength;
    }

    /// <summary>How many records there are.</summary>
    public int Count => _recordLengths.Length;

    /// <summary>The memory it takes, in bytes.</summary>
    public int SizeBytes => _fragments.Length + Count * 4 * sizeof(ushort) + 200;

    internal int TailLength => _tail.Length;

    internal ref byte Fragments => ref MemoryMarshal.GetArrayDataReference(_fragments);

    internal ReadOnlySpan<ushort> FragmentLengths => _fragmentLengths;

    internal ReadOnlySpan<ushort> RecordLengths => _recordLengths;

    /// <summary>By value: the element in front of it.</summary>
    internal ReadOnlySpan<ValueNeighbour> Before => _before;

    /// <summary>By value: the element behind it.</summary>
    internal ReadOnlySpan<ValueNeighbour> Behind => _behind;

    /// <summary>The tail with the stamp that was set last.</summary>
    internal ReadOnlySpan<byte> Tail => _tail;

    /// <summary>The room that the first records need at most.</summary>
    public int MaxEncodedLength(int records) => _fragments.Length + records * (ValueLength + 4) + _tail.Length + 4 * CopyLength;

    /// <summary>The length of the content of the first records.</summary>
    public int ContentLength(int records)
    {
        int length = 0;
        foreach (ushort record in _recordLengths.AsSpan(0, records))
        {
            length += record;
        }

        return length;
    }

    /// <summary>Makes a template; null when the content cannot be divided, because records are longer than 64 KiB.</summary>
    /// <param name="content">The records; overwritten where values and stamps are.</param>
    /// <param name="parts">Where its parts begin, as for <see cref="SnappyPartsEncoder"/>.</param>
    /// <param name="recordEnds">Where the records end: ascending, the last one at the end of the content.</param>
    /// <param name="tailLength">How many bytes of each record are its tail; the eight in front of it are its value.</param>
    /// <param name="stampLength">How many of the tail's last bytes are the stamp.</param>
    /// <param name="encoder">Searches the content.</param>
    public static SnappyTemplate? Create(
        Span<byte> content, ReadOnlySpan<int> parts, ReadOnlySpan<int> recordEnds, int tailLength, int stampLength, SnappyPartsEncoder encoder)
    {
        // Rented: hundreds of kilobytes each, which would wait among the large objects for a collection of everything.
        byte[] kinds = ArrayPool<byte>.Shared.Rent(content.Length);
        byte[] encoded = ArrayPool<byte>.Shared.Rent(Snappy.MaxEncodedLength(content.Length));
        try
        {
            Span<byte> kindsOfContent = kinds.AsSpan(0, content.Length);
            kindsOfContent.Clear();
            if (!TryMark(content, kindsOfContent, recordEnds, tailLength, stampLength, out ushort[] recordLengths))
            {
                return null;
            }

            int encodedLength = encoder.Encode(content, parts, encoded);
            Divider divider = new(content, kindsOfContent, recordEnds, tailLength);
            return divider.TryDivide(encoded.AsSpan(Uvarint.Length((ulong)content.Length)..encodedLength))
                ? new SnappyTemplate(divider, recordLengths, content[^tailLength..], stampLength)
                : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(kinds);
            ArrayPool<byte>.Shared.Return(encoded);
        }
    }

    /// <summary>Sets the stamp of all records.</summary>
    public void SetStamp(ReadOnlySpan<byte> stamp)
    {
        stamp[.._stampLength].CopyTo(_tail.AsSpan(_tail.Length - _stampLength));
        foreach ((int at, byte first, byte length) in _stamps)
        {
            stamp.Slice(first, length).CopyTo(_fragments.AsSpan(at));
        }
    }

    /// <summary>Marks all records; false when one is too long.</summary>
    private static bool TryMark(
        Span<byte> content, Span<byte> kinds, ReadOnlySpan<int> recordEnds, int tailLength, int stampLength, out ushort[] recordLengths)
    {
        recordLengths = new ushort[recordEnds.Length];
        int start = 0;
        for (int record = 0; record < recordEnds.Length; record++)
        {
            int length = recordEnds[record] - start;
            if (length > ushort.MaxValue)
            {
                return false;
            }

            recordLengths[record] = (ushort)length;
            Mark(content, kinds, recordEnds[record], tailLength, stampLength, record);
            start = recordEnds[record];
        }

        return true;
    }

    /// <summary>Puts into value and stamp what lets the search find a stamp again, and never a value.</summary>
    private static void Mark(Span<byte> content, Span<byte> kinds, int recordEnd, int tailLength, int stampLength, int record)
    {
        int value = recordEnd - tailLength - ValueLength;
        ulong unique = ((ulong)record + 1) * 0x9E3779B97F4A7C15;
        unique = (unique ^ (unique >> 29)) * 0xBF58476D1CE4E5B9;
        BinaryPrimitives.WriteUInt64LittleEndian(content[value..], unique ^ (unique >> 32));
        kinds.Slice(value, ValueLength).Fill(IsValue);
        for (int index = 0; index < stampLength; index++)
        {
            content[recordEnd - stampLength + index] = (byte)(StampMark + index);
            kinds[recordEnd - stampLength + index] = (byte)(FirstOfStamp + index);
        }
    }

    /// <summary>The element in front of a value or behind it, as far as the value may become a part of it.</summary>
    internal readonly struct ValueNeighbour(NeighbourKind kind, int amount)
    {
        private const int AmountBits = 14;

        private readonly ushort _packed = (ushort)((int)kind << AmountBits | amount);

        public static int MaxAmount => (1 << AmountBits) - 1;

        public NeighbourKind Kind => (NeighbourKind)(_packed >> AmountBits);

        /// <summary>The length of a literal; of a copy, how many records back the value is that stands at the same side of its source.</summary>
        public int Amount => _packed & MaxAmount;
    }

    /// <summary>What an element beside a value is.</summary>
    internal enum NeighbourKind : byte
    {
        /// <summary>Nothing that the value can be a part of.</summary>
        Other,

        /// <summary>A literal with a tag of one byte that has room for a value.</summary>
        Literal,

        /// <summary>A copy in its form of two bytes or of three, from beside another record's value.</summary>
        ShortCopy,
        LongCopy,
    }

    /// <summary>Divides the elements of a block at the values.</summary>
    private ref struct Divider
    {
        private readonly ReadOnlySpan<byte> _content;
        private readonly ReadOnlySpan<byte> _kinds;
        private readonly ReadOnlySpan<int> _recordEnds;
        private readonly int _tailLength;
        private readonly ByteBuffer _output;
        private readonly List<(int At, byte First, byte Length)> _stamps = [];
        private readonly List<Element> _elements = [];
        private int _fragmentStart;
        private int _record;

        /// <summary>The element that was written last, when a value can go on with it.</summary>
        private ValueNeighbour _last;

        /// <summary>Where the value ends that was reached last.</summary>
        private int _valueEnd;

        public Divider(ReadOnlySpan<byte> content, ReadOnlySpan<byte> kinds, ReadOnlySpan<int> recordEnds, int tailLength)
        {
            _content = content;
            _kinds = kinds;
            _recordEnds = recordEnds;
            _tailLength = tailLength;
            _output = new ByteBuffer(recordEnds.Length * 16);
            FragmentLengths = new ushort[recordEnds.Length + 1];
            Before = new ValueNeighbour[recordEnds.Length];
            Behind = new ValueNeighbour[recordEnds.Length];
        }

        public ushort[] FragmentLengths { get; }

        public ValueNeighbour[] Before { get; }

        public ValueNeighbour[] Behind { get; }

        public readonly ReadOnlySpan<byte> Fragments => _output.Written;

        public readonly (int At, byte First, byte Length)[] Stamps => [.. _stamps];

        /// <summary>Where the value of the record that is being divided begins; behind everything after the last one.</summary>
        private readonly int NextValue => _record < _recordEnds.Length ? ValueOf(_record) : int.MaxValue;

        public bool TryDivide(ReadOnlySpan<byte> elements)
        {
            Read(elements);
            MakeRoom();
            foreach (Element element in _elements)
            {
                if (!TryDivide(element))
                {
                    return false;
                }
            }

            return EndFragment() && _record == _recordEnds.Length + 1;
        }

        private readonly void Read(ReadOnlySpan<byte> elements)
        {
            int made = 0;
            while (!elements.IsEmpty)
            {
                int kind = elements[0] & 3;
                int length = (elements[0] >> 2) + 1;
                int offset = 0;
                int elementLength;
                if (kind == 0)
                {
                    elementLength = LiteralHeader(elements, out length) + length;
                }
                else if (kind == 1)
                {
                    length = ((elements[0] >> 2) & 7) + SnappyElements.MinMatch;
                    offset = elements[1] | (elements[0] >> 5) << 8;
                    elementLength = 2;
                }
                else
                {
                    offset = BinaryPrimitives.ReadUInt16LittleEndian(elements[1..]);
                    elementLength = 3;
                }

                _elements.Add(new Element(made, length, offset));
                made += length;
                elements = elements[elementLength..];
            }
        }

        /// <summary>
        /// Copies behind a value give some of their end to the next copy where that repeats it too, so that they can take some of
        /// the value: its high bytes are often those of the value in front of what they repeat.
        /// </summary>
        private readonly void MakeRoom()
        {
            int record = 0;
            for (int index = 0; index + 1 < _elements.Count && record < _recordEnds.Length; index++)
            {
                Element copy = _elements[index];
                Element next = _elements[index + 1];
                while (record < _recordEnds.Length && ValueOf(record) + ValueLength < copy.At)
                {
                    record++;
                }

                int over = record == _recordEnds.Length ? 0
                    : copy.At + copy.Length - (ValueOf(record) + ValueLength) - (SnappyElements.MaxCopyLength - RoomForValue);
                if (over <= 0 || over > RoomForValue || copy.Offset == 0 || next.Offset == 0
                    || next.Length + over > SnappyElements.MaxCopyLength || next.At - over < next.Offset)
                {
                    continue;
                }

                if (AreSame(next.At - over, next.Offset, over))
                {
                    _elements[index] = copy with { Length = copy.Length - over };
                    _elements[index + 1] = next with { At = next.At - over, Length = next.Length + over };
                }
            }
        }

        private readonly bool AreSame(int at, int offset, int length) =>
            _content.Slice(at, length).SequenceEqual(_content.Slice(at - offset, length))
            && _kinds.Slice(at, length).SequenceEqual(_kinds.Slice(at - offset, length));

        private static int LiteralHeader(ReadOnlySpan<byte> elements, out int length)
        {
            int lengthBytes = Math.Max((elements[0] >> 2) - 59, 0);
            length = elements[0] >> 2;
            for (int index = 0; index < lengthBytes; index++)
            {
                length = (index == 0 ? 0 : length) | elements[1 + index] << (8 * index);
            }

            length++;
            return 1 + lengthBytes;
        }

        private readonly int ValueOf(int record) => _recordEnds[record] - _tailLength - ValueLength;

        /// <summary>Appends an element without the values in it.</summary>
        private bool TryDivide(Element element)
        {
            int at = element.At;
            int end = at + element.Length;
            while (at < end)
            {
                if (at < _valueEnd)
                {
                    // A byte of a value happened to be that of another.
                    at = Math.Min(end, _valueEnd);
                }
                else if (at == NextValue)
                {
                    _valueEnd = at + ValueLength;
                    if (!EndFragment())
                    {
                        return false;
                    }
                }
                else
                {
                    at += Append(at, Math.Min(end, NextValue) - at, element.Offset);
                }
            }

            return true;
        }

        /// <summary>
        /// Appends the beginning of a piece, as long as it is a copy or a literal; returns its length. Whatever is neither value nor
        /// stamp may be copied anywhere, and a byte of a stamp to the same byte of one.
        /// </summary>
        private int Append(int at, int length, int offset)
        {
            if (offset > 0)
            {
                ReadOnlySpan<byte> made = _kinds.Slice(at, length);
                ReadOnlySpan<byte> copied = _kinds.Slice(at - offset, length);
                int same = made.CommonPrefixLength(copied);
                if (same >= SnappyElements.MinMatch)
                {
                    AppendCopy(at, same, offset);
                    return same;
                }

                while (same < length && made[same] != copied[same])
                {
                    same++;
                }

                length = same;
            }

            AppendLiteral(at, length);
            _last = length <= 60 - ValueLength ? new(NeighbourKind.Literal, length) : default;
            return length;
        }

        private void AppendCopy(int at, int length, int offset)
        {
            int written = (int)SnappyElements.WriteCopy(
                ref MemoryMarshal.GetReference(_output.Reserve(4)), 0, (nuint)offset, (nuint)length);
            _output.Advance(written);
            NeighbourKind kind = written == 2 ? NeighbourKind.ShortCopy : NeighbourKind.LongCopy;
            _last = at + length == NextValue ? Neighbour(kind, _record, at + length - offset) : default;
            if (at == _valueEnd)
            {
                Behind[_record - 1] = Neighbour(kind, _record - 1, at - ValueLength - offset);
            }
        }

        private readonly void AppendLiteral(int at, int length)
        {
            Span<byte> target = _output.Reserve(length + 5 + CopyLength);
            int written = (int)SnappyElements.WriteLongLiteral(
                ref MemoryMarshal.GetReference(target), 0, ref MemoryMarshal.GetReference(_content[at..]), (nuint)length);
            int start = _output.Length + written - length;
            _output.Advance(written);
            for (int index = 0; index < length; index++)
            {
                byte kind = _kinds[at + index];
                if (kind < FirstOfStamp)
                {
                    continue;
                }

                int first = index;
                while (index + 1 < length && _kinds[at + index + 1] == _kinds[at + index] + 1)
                {
                    index++;
                }

                _stamps.Add((start + first, (byte)(kind - FirstOfStamp), (byte)(index - first + 1)));
            }
        }

        private bool EndFragment()
        {
            int length = _output.Length - _fragmentStart;
            if (length > ushort.MaxValue)
            {
                return false;
            }

            FragmentLengths[_record] = (ushort)length;
            if (_record < Before.Length)
            {
                Before[_record] = length == 0 ? default : _last;
            }

            _fragmentStart = _output.Length;
            _last = default;
            _record++;
            return true;
        }

        /// <summary>A copy beside a record's value, from beside the value at a place, if there is one.</summary>
        private readonly ValueNeighbour Neighbour(NeighbourKind kind, int record, int place)
        {
            int other = record - 1;
            while (other >= 0 && ValueOf(other) > place)
            {
                other--;
            }

            return other >= 0 && ValueOf(other) == place && record - other <= ValueNeighbour.MaxAmount
                ? new ValueNeighbour(kind, record - other)
                : default;
        }

        /// <summary>So much content, as a copy from so far back, or as a literal when the offset is 0.</summary>
        private readonly record struct Element(int At, int Length, int Offset);
    }
}
