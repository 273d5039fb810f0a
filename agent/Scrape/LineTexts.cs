using System.Buffers;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// The texts of a target's lines, each as what it does not share with the one before: lines of a page differ from their
/// neighbours in a label or two, so some ten bytes stand for a hundred. Read in order a text costs its few bytes again;
/// anywhere else those from the last whole one on.
/// </summary>
/// <remarks>
/// An entry is: uvarint length of the shared beginning, uvarint length of the shared end, uvarint length of what is between,
/// that. An entry that shares nothing is whole. agent/docs/decisions/0001-line-cache.md has the figures.
/// </remarks>
internal sealed class LineTexts
{
    /// <summary>So many texts stand between two places that can be gone to.</summary>
    private const int GroupSize = 32;

    private byte[] _entries = [];
    private int _entriesLength;

    /// <summary>Where the first entry of each group begins.</summary>
    private int[] _groups = [];
    private int _wholeEnd;

    // The text that was read last, in a rented array, and where the entry behind it begins.
    private byte[]? _text;
    private int _textLength;
    private int _textIndex = -1;
    private int _nextEntry;

    public int Count { get; private set; }

    /// <summary>A text, valid until the next call.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            if (index != _textIndex)
            {
                MoveTo(index);
            }

            return _text.AsSpan(0, _textLength);
        }
    }

    /// <summary>Adds a text behind all others.</summary>
    public void Append(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> above = Count == 0 ? default : this[Count - 1];
        int shared = 0;
        int sharedEnd = 0;
        if (!IsWholeNext(text.Length))
        {
            shared = above.CommonPrefixLength(text);
            sharedEnd = CommonEnd(above[shared..], text[shared..]);
        }

        ReadOnlySpan<byte> own = text[shared..^sharedEnd];
        StartEntry(own.Length);
        AppendUvarint(shared);
        AppendUvarint(sharedEnd);
        AppendUvarint(own.Length);
        own.CopyTo(_entries.AsSpan(_entriesLength));
        _entriesLength += own.Length;
        _wholeEnd = shared + sharedEnd == 0 ? _entriesLength : _wholeEnd;

        Reserve(text.Length);
        text.CopyTo(_text);
        _textLength = text.Length;
        _textIndex = Count++;
        _nextEntry = _entriesLength;
    }

    /// <summary>Gives back what only reading and growing need, at the end of each page.</summary>
    public void Settle()
    {
        GiveBack();
        Trim(ref _entries, _entriesLength);
        Trim(ref _groups, GroupsOf(Count));
    }

    /// <summary>Gives back what reading needs. Needs no memory itself.</summary>
    public void GiveBack()
    {
        if (_text is { } text)
        {
            ArrayPool<byte>.Shared.Return(text);
            _text = null;
        }

        _textIndex = -1;
    }

    private static void Trim<T>(ref T[] array, int used)
    {
        if (array.Length > 256 && array.Length - used > used / 8)
        {
            Array.Resize(ref array, used + (used / 16));
        }
    }

    private static int GroupsOf(int count) => (count + GroupSize - 1) / GroupSize;

    /// <summary>
    /// A group begins with a whole text, unless that is long and the others share so much that whole ones would be most of
    /// all: then what must be read again to go anywhere stays as short as a whole text.
    /// </summary>
    private bool IsWholeNext(int length) =>
        Count % GroupSize == 0 && length <= _entriesLength - _wholeEnd;

    private void StartEntry(int length)
    {
        int room = _entriesLength + length + (3 * sizeof(uint)) + 3;
        if (room > _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(room, _entries.Length * 2));
        }

        if (Count % GroupSize == 0)
        {
            int group = Count / GroupSize;
            if (group == _groups.Length)
            {
                Array.Resize(ref _groups, Math.Max(4, group * 2));
            }

            _groups[group] = _entriesLength;
        }
    }

    private void MoveTo(int index)
    {
        if (_textIndex < 0 || index < _textIndex || index - _textIndex >= GroupSize)
        {
            int group = index / GroupSize;
            while (_entries[_groups[group]] != 0 || _entries[_groups[group] + 1] != 0)
            {
                group--;
            }

            _textIndex = (group * GroupSize) - 1;
            _textLength = 0;
            _nextEntry = _groups[group];
        }

        while (_textIndex < index)
        {
            Step();
        }
    }

    private void Step()
    {
        int entry = _nextEntry;
        int shared = ReadUvarint(ref entry);
        int sharedEnd = ReadUvarint(ref entry);
        int own = ReadUvarint(ref entry);
        int length = shared + own + sharedEnd;
        Reserve(length);
        Span<byte> text = _text;
        if (length != _textLength && sharedEnd > 0)
        {
            text.Slice(_textLength - sharedEnd, sharedEnd).CopyTo(text[(shared + own)..]);
        }

        _entries.AsSpan(entry, own).CopyTo(text[shared..]);
        _textLength = length;
        _textIndex++;
        _nextEntry = entry + own;
    }

    /// <summary>Makes room for a text; the one that stands there stays.</summary>
    private void Reserve(int length)
    {
        if (_text is { } text && text.Length >= length)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(256, length));
        if (_text is { } smaller)
        {
            smaller.AsSpan(0, _textLength).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(smaller);
        }

        _text = larger;
    }

    private void AppendUvarint(int value)
    {
        uint rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            _entries[_entriesLength++] = (byte)(rest | 0x80);
        }

        _entries[_entriesLength++] = (byte)rest;
    }

    private int ReadUvarint(ref int position)
    {
        int value = _entries[position++];
        if (value < 0x80)
        {
            return value;
        }

        value &= 0x7F;
        for (int shift = 7; ; shift += 7)
        {
            int next = _entries[position++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static int CommonEnd(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int length = 0;
        int most = Math.Min(left.Length, right.Length);
        while (length < most && left[^(length + 1)] == right[^(length + 1)])
        {
            length++;
        }

        return length;
    }
}
