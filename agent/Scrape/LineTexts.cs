using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// The texts of a target's lines, each as what it does not share with the one before: lines of a page differ from their
/// neighbours in some label values, so a few bytes stand for a hundred. Read in order a text costs its few bytes again;
/// anywhere else those from the last whole one on.
/// </summary>
/// <remarks>
/// An entry is: uvarint number of runs times two, and one when the text ends behind them; per run a uvarint length of what is the
/// same, then a uvarint length of what is not and that. Behind each run the text above goes on at its next quotation mark, where
/// a label's value ends; behind the last run the rest is the same, unless the text ends. No runs: the text is whole, a uvarint
/// length and the bytes. agent/docs/decisions/0001-line-cache.md has the figures.
/// </remarks>
internal sealed class LineTexts
{
    /// <summary>So many texts stand between two places that can be gone to.</summary>
    private const int GroupSize = 32;

    private const byte ValueEnd = (byte)'"';

    /// <summary>A <see cref="ValueEnd"/> in each byte of a word, and what finds it there.</summary>
    private const ulong ValueEnds = 0x2222_2222_2222_2222;
    private const ulong LowBits = 0x0101_0101_0101_0101;
    private const ulong HighBits = 0x8080_8080_8080_8080;

    private PooledArray<byte> _entries;

    /// <summary>Where the first entry of each group begins.</summary>
    private int[] _groups = [];
    private int _wholeEnd;
    private int _longest;

    // The text that was read last, in one of two rented arrays, and where the entry behind it begins.
    private byte[]? _text;
    private byte[]? _spare;
    private int _textLength;
    private int _textIndex = -1;
    private int _nextEntry;

    /// <summary>The text that was read last was only compared: it stands on a page, not in the array.</summary>
    private bool _isOnPage;

    public int Count { get; private set; }

    /// <summary>How often since <see cref="Settle"/> the page went on with another text than the next.</summary>
    public int Strays { get; private set; }

    /// <summary>A text, valid until the next call.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            if (index != _textIndex || _isOnPage)
            {
                MoveTo(index);
            }

            return _text.AsSpan(0, _textLength);
        }
    }

    /// <summary>
    /// Whether the page has this text at a place; returns its length, or -1. In order no text is made: what a text shares with the one
    /// above is compared where that one stands on the page.
    /// </summary>
    /// <param name="index">The text.</param>
    /// <param name="page">The page, the same from one call to the next.</param>
    /// <param name="at">The place.</param>
    /// <param name="above">Where the page has the text that was asked for last, when it has it; -1 when not.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Match(int index, ReadOnlySpan<byte> page, int at, int above)
    {
        if (above < 0 || index != _textIndex + 1)
        {
            TakeFrom(page, above);
            ReadOnlySpan<byte> text = this[index];
            bool isThere = page[at..].StartsWith(text);
            Strays += isThere && above >= 0 ? 1 : 0;
            return isThere ? text.Length : -1;
        }

        ReadOnlySpan<byte> entries = _entries.Used;
        int entry = _nextEntry;
        int runs = ReadUvarint(entries, ref entry);
        int length;
        if (runs == 0)
        {
            length = ReadUvarint(entries, ref entry);
            length = page[at..].StartsWith(entries.Slice(entry, length)) ? length : -1;
            entry += Math.Max(length, 0);
        }
        else
        {
            length = MatchRuns(entries, ref entry, runs, page.Slice(above, _textLength), page[at..]);
        }

        if (length < 0)
        {
            TakeFrom(page, above);
            return -1;
        }

        _isOnPage = true;
        _textIndex = index;
        _textLength = length;
        _nextEntry = entry;
        return length;
    }

    /// <summary>Takes the text that was asked for last from where it stands on a page that may be gone from now on; -1 when it is here.</summary>
    public void TakeFrom(ReadOnlySpan<byte> page, int at)
    {
        if (_isOnPage && at >= 0)
        {
            RentTexts();
            page.Slice(at, _textLength).CopyTo(_text);
            _isOnPage = false;
        }
    }

    /// <summary>Adds a text behind all others.</summary>
    public void Append(ReadOnlySpan<byte> text)
    {
        _longest = Math.Max(_longest, text.Length);
        RentTexts();
        ReadOnlySpan<byte> above = Count == 0 ? default : this[Count - 1];
        int start = _entries.Length;
        try
        {
            AppendEntry(above, text);
        }
        catch
        {
            // No memory: half an entry would stand for another text.
            _entries.Truncate(start);
            throw;
        }

        text.CopyTo(_text);
        _textLength = text.Length;
        _textIndex = Count++;
        _nextEntry = _entries.Length;
    }

    /// <summary>Gives back what only reading and growing need, at the end of each page.</summary>
    public void Settle()
    {
        ReturnTexts();
        _textIndex = -1;
        _isOnPage = false;
        Strays = 0;
        _entries.Settle();
        int groups = (Count + GroupSize - 1) / GroupSize;
        if (_groups.Length - groups > 16 + (groups / 8))
        {
            Array.Resize(ref _groups, groups);
        }
    }

    /// <summary>Gives all texts up. Needs no memory itself.</summary>
    public void Release()
    {
        ReturnTexts();
        _textIndex = -1;
        _isOnPage = false;
        _entries.Clear();
        _groups = [];
        _wholeEnd = 0;
        _longest = 0;
        Count = 0;
    }

    /// <summary>
    /// A group begins with a whole text, unless that is long and the others share so much that whole ones would be most of
    /// all: then what must be read again to go anywhere stays as short as a whole text.
    /// </summary>
    private bool IsWholeNext(int length) =>
        Count % GroupSize == 0 && length <= _entries.Length - _wholeEnd;

    private void AppendEntry(ReadOnlySpan<byte> above, ReadOnlySpan<byte> text)
    {
        StartGroup();
        if (IsWholeNext(text.Length) || !TryAppendRuns(above, text))
        {
            AppendUvarint(0);
            AppendUvarint(text.Length);
            AppendBytes(text);
            _wholeEnd = _entries.Length;
        }
    }

    private void StartGroup()
    {
        if (Count % GroupSize == 0)
        {
            int group = Count / GroupSize;
            if (group == _groups.Length)
            {
                Array.Resize(ref _groups, Math.Max(4, group * 2));
            }

            _groups[group] = _entries.Length;
        }
    }

    /// <summary>False, with nothing appended, when the text shares too little with the one above.</summary>
    private bool TryAppendRuns(ReadOnlySpan<byte> above, ReadOnlySpan<byte> text)
    {
        int runs = CountRuns(above, text, out int own, out bool isAllOfIt);
        if (runs == 0 || own + (2 * runs) >= text.Length)
        {
            return false;
        }

        AppendUvarint((runs << 1) | (isAllOfIt ? 1 : 0));
        int place = 0;
        for (int start = 0; runs > 0; runs--)
        {
            (int same, int different) = NextRun(above[place..], text[start..]);
            AppendUvarint(same);
            AppendUvarint(different);
            AppendBytes(text.Slice(start + same, different));
            start += same + different;
            place = ValueEndFrom(above, place + same);
        }

        return true;
    }

    private static int CountRuns(ReadOnlySpan<byte> above, ReadOnlySpan<byte> text, out int own, out bool isAllOfIt)
    {
        int runs = 0;
        own = 0;
        while (!text.IsEmpty && !above.SequenceEqual(text))
        {
            (int same, int different) = NextRun(above, text);
            above = above[ValueEndFrom(above, same)..];
            text = text[(same + different)..];
            own += different;
            runs++;
        }

        isAllOfIt = text.IsEmpty && !above.IsEmpty;
        return runs;
    }

    /// <summary>What is the same, and how long what follows is until a value's end, or all of it when the text above ends.</summary>
    private static (int Same, int Different) NextRun(ReadOnlySpan<byte> above, ReadOnlySpan<byte> text)
    {
        int same = above.CommonPrefixLength(text);
        ReadOnlySpan<byte> rest = text[same..];
        int end = same == above.Length ? -1 : rest.IndexOf(ValueEnd);
        return (same, end < 0 ? rest.Length : end);
    }

    private static int ValueEndFrom(ReadOnlySpan<byte> text, int from)
    {
        if (text.Length - from >= sizeof(ulong))
        {
            // Most values end within a word; RescrapeBenchmark.
            ulong differences = BinaryPrimitives.ReadUInt64LittleEndian(text[from..]) ^ ValueEnds;
            ulong found = (differences - LowBits) & ~differences & HighBits;
            if (found != 0)
            {
                return from + (BitOperations.TrailingZeroCount(found) >> 3);
            }
        }

        int end = text[from..].IndexOf(ValueEnd);
        return end < 0 ? text.Length : from + end;
    }

    private void MoveTo(int index)
    {
        RentTexts();
        if (_isOnPage)
        {
            // Whoever followed the page left it without a word.
            _textIndex = -1;
            _isOnPage = false;
        }

        if (_textIndex < 0 || index < _textIndex || index - _textIndex >= GroupSize)
        {
            int group = index / GroupSize;
            while (_entries[_groups[group]] != 0)
            {
                group--;
            }

            _textIndex = (group * GroupSize) - 1;
            _nextEntry = _groups[group];
        }

        while (_textIndex < index)
        {
            Step();
        }
    }

    private void Step()
    {
        ReadOnlySpan<byte> entries = _entries.Used;
        int entry = _nextEntry;
        int runs = ReadUvarint(entries, ref entry);
        if (runs == 0)
        {
            _textLength = ReadUvarint(entries, ref entry);
            entries.Slice(entry, _textLength).CopyTo(_text);
            entry += _textLength;
        }
        else
        {
            StepByRuns(entries, ref entry, runs >> 1, isAllOfIt: (runs & 1) != 0);
        }

        _textIndex++;
        _nextEntry = entry;
    }

    private void StepByRuns(ReadOnlySpan<byte> entries, ref int entry, int runs, bool isAllOfIt)
    {
        ReadOnlySpan<byte> above = _text.AsSpan(0, _textLength);
        Span<byte> text = _spare;
        int place = 0;
        int length = 0;
        for (; runs > 0; runs--)
        {
            int same = ReadUvarint(entries, ref entry);
            int own = ReadUvarint(entries, ref entry);
            above.Slice(place, same).CopyTo(text[length..]);
            entries.Slice(entry, own).CopyTo(text[(length + same)..]);
            length += same + own;
            entry += own;
            place = ValueEndFrom(above, place + same);
        }

        ReadOnlySpan<byte> rest = isAllOfIt ? default : above[place..];
        rest.CopyTo(text[length..]);
        _textLength = length + rest.Length;
        (_text, _spare) = (_spare, _text);
    }

    /// <summary>The length of the text that the runs make of the one above when it stands at the beginning of the rest, else -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int MatchRuns(
        ReadOnlySpan<byte> entries, ref int entry, int runs, ReadOnlySpan<byte> above, ReadOnlySpan<byte> rest)
    {
        int place = 0;
        int length = 0;
        for (int left = runs >> 1; left > 0; left--)
        {
            int same = ReadUvarint(entries, ref entry);
            int own = ReadUvarint(entries, ref entry);
            if (same + own > rest.Length - length
                || !AreSame(above.Slice(place, same), rest.Slice(length, same))
                || !AreSame(entries.Slice(entry, own), rest.Slice(length + same, own)))
            {
                return -1;
            }

            length += same + own;
            entry += own;
            place = ValueEndFrom(above, place + same);
        }

        if ((runs & 1) != 0)
        {
            return length;
        }

        ReadOnlySpan<byte> end = above[place..];
        return rest[length..].StartsWith(end) ? length + end.Length : -1;
    }

    /// <summary>Two pieces of one length, most of them short.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AreSame(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length >= sizeof(ulong))
        {
            return left.SequenceEqual(right);
        }

        for (int index = 0; index < left.Length; index++)
        {
            if (left[index] != right[index])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes sure that any text fits both arrays; the one that stands there stays.</summary>
    private void RentTexts()
    {
        if (_text is { } text && text.Length >= _longest && _spare is { } spare && spare.Length >= _longest)
        {
            return;
        }

        byte[] larger = ScratchArrays.Rent<byte>(Math.Max(256, _longest));
        _text.AsSpan(0, _text is null ? 0 : _textLength).CopyTo(larger);
        ReturnTexts();
        _text = larger;
        _spare = ScratchArrays.Rent<byte>(Math.Max(256, _longest));
    }

    private void ReturnTexts()
    {
        if (_text is not null && _spare is not null)
        {
            ScratchArrays.Return(_text);
            ScratchArrays.Return(_spare);
        }

        _text = null;
        _spare = null;
    }

    private void AppendUvarint(int value)
    {
        uint rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            _entries.Add((byte)(rest | 0x80));
        }

        _entries.Add((byte)rest);
    }

    private void AppendBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(_entries.AddMany(bytes.Length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadUvarint(ReadOnlySpan<byte> entries, ref int position)
    {
        int value = entries[position++];
        return value < 0x80 ? value : ReadLongUvarint(entries, value & 0x7F, ref position);
    }

    private static int ReadLongUvarint(ReadOnlySpan<byte> entries, int value, ref int position)
    {
        for (int shift = 7; ; shift += 7)
        {
            int next = entries[position++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
