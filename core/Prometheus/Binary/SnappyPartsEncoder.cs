using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AmpEdge.Prometheus;

/// <summary>
/// Encodes content of which the writer knows where its parts begin (labels, samples) as a Snappy block. Parts come again, whole
/// and in the same company, so a match is looked for where a part begins or where the last match ended, by the part's hash; only
/// between, where the content varies, word by word. Reusable; allocates nothing; not thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// What it finds that <see cref="SnappyEncoder"/> does not: the longest of four places for each match, and a window that slides
/// instead of blocks. What it saves in turn: it never looks at the inside of a match, and a part inside a match is hashed by
/// copying the hash of the part it repeats. docs/decisions/0008-snappy-by-parts.md of the agent has the figures.
/// </para>
/// <para>
/// Tables hold the low 16 bits of a place: whatever stands in them means a place within the window, and what is there is
/// compared before it is used. So wrong hints cost bytes, never correctness.
/// </para>
/// </remarks>
public sealed class SnappyPartsEncoder
{
    private const int TableBits = 12;
    private const int RingLength = 1 << 13;

    /// <summary>A match of a part and the one behind it that is so long is taken without a look at other places.</summary>
    private const int GoodLength = 24;

    private readonly ushort[] _single = new ushort[1 << TableBits];
    private readonly ushort[] _pair = new ushort[1 << TableBits];
    private readonly ushort[] _words = new ushort[1 << TableBits];

    /// <summary>The hashes of the last parts, by the low bits of their number.</summary>
    private readonly uint[] _hashes = new uint[RingLength];

    /// <summary>Encodes the source and returns the encoded length.</summary>
    /// <param name="source">The content.</param>
    /// <param name="parts">Where its parts begin: 0 first, ascending. None at all is allowed, and costs only size.</param>
    /// <param name="target">At least <see cref="Snappy.MaxEncodedLength"/> bytes.</param>
    /// <exception cref="ArgumentException">The target is too small, or the parts do not ascend from 0 within the source.</exception>
    public int Encode(ReadOnlySpan<byte> source, ReadOnlySpan<int> parts, Span<byte> target)
    {
        if (target.Length < Snappy.MaxEncodedLength(source.Length))
        {
            throw new ArgumentException($"{source.Length} bytes may take more than {target.Length} encoded", nameof(target));
        }

        if (!AscendWithin(parts, source.Length))
        {
            throw new ArgumentException("parts begin at 0 and ascend within the source", nameof(parts));
        }

        int written = Uvarint.Write(target, (ulong)source.Length);
        if (source.IsEmpty)
        {
            return written;
        }

        Array.Clear(_single);
        Array.Clear(_pair);
        Array.Clear(_words);
        Run run = new(this, source, parts, target[written..]);
        return written + run.Encode();
    }

    private static bool AscendWithin(ReadOnlySpan<int> parts, int length)
    {
        int before = -1;
        foreach (int start in parts)
        {
            if (start <= before || start >= length)
            {
                return false;
            }

            before = start;
        }

        return parts.IsEmpty || parts[0] == 0;
    }

    /// <summary>Where content comes again.</summary>
    private struct Match
    {
        public int At;
        public int Length;
        public int Offset;

        /// <summary>How many parts the repeated one lies back; 0 when that is not known.</summary>
        public int Step;

        public readonly int End => At + Length;
    }

    /// <summary>One call of <see cref="Encode"/>.</summary>
    private ref struct Run
    {
        private readonly ref int _starts;
        private readonly int _partCount;
        private readonly ref byte _source;
        private readonly ref byte _target;
        private readonly ref ushort _single;
        private readonly ref ushort _pair;
        private readonly ref ushort _words;
        private readonly ref uint _hashes;
        private readonly int _length;

        /// <summary>No match begins from here on.</summary>
        private readonly int _limit;

        private int _written;

        /// <summary>The part that is being encoded.</summary>
        private int _part;

        /// <summary>Parts before this one are hashed.</summary>
        private int _hashed;

        /// <summary>Parts before this one are in the tables.</summary>
        private int _inserted;

        /// <summary>The match that was found last, not written yet because the next one may take its tail.</summary>
        private Match _pending;

        /// <summary>The last two steps: a series repeats the one before it, or the one as far back as last time.</summary>
        private int _step;
        private int _stepBefore;

        public Run(SnappyPartsEncoder tables, ReadOnlySpan<byte> source, ReadOnlySpan<int> parts, Span<byte> target)
        {
            _starts = ref MemoryMarshal.GetReference(parts);
            _partCount = parts.Length;
            _source = ref MemoryMarshal.GetReference(source);
            _target = ref MemoryMarshal.GetReference(target);
            _single = ref MemoryMarshal.GetArrayDataReference(tables._single);
            _pair = ref MemoryMarshal.GetArrayDataReference(tables._pair);
            _words = ref MemoryMarshal.GetArrayDataReference(tables._words);
            _hashes = ref MemoryMarshal.GetArrayDataReference(tables._hashes);
            _length = source.Length;
            _limit = source.Length - SnappyElements.Margin;
        }

        public int Encode()
        {
            int at = 0;
            while (at < _limit)
            {
                Match match = FindByPart(_part, at);
                if (match.Length == 0)
                {
                    match = FindInVarying(at);
                }

                if (match.Length == 0)
                {
                    // Neither here nor where the next part begins: that one is new as a whole.
                    at = EndOf(_part);
                    _part++;
                    continue;
                }

                Take(match);
                at = _pending.End;
                StepToPartAt(at);
            }

            WriteUpTo(_length);
            return _written;
        }

        private readonly int StartOf(int part) => part < _partCount ? Unsafe.Add(ref _starts, part) : _length;

        private readonly int EndOf(int part) => StartOf(part + 1);

        /// <summary>The longest match at a place in a part, among the places where parts with its content lie; its length is 0 for none.</summary>
        private Match FindByPart(int part, int at)
        {
            Match match = new() { At = at };
            if (part >= _partCount)
            {
                return match;
            }

            Prepare(part);
            int inside = at - Unsafe.Add(ref _starts, part);
            int byPair = part - Back(part, Unsafe.Add(ref _pair, PairSlot(part)));
            int bySingle = part - Back(part, Unsafe.Add(ref _single, SingleSlot(part)));
            TryPart(ref match, part, byPair, inside);
            if (match.Length >= GoodLength)
            {
                return match;
            }

            if (bySingle != byPair)
            {
                TryPart(ref match, part, bySingle, inside);
            }

            if (match.Length == 0)
            {
                TryPart(ref match, part, part - _step, inside);
                TryPart(ref match, part, part - _stepBefore, inside);
            }

            return match;
        }

        /// <summary>
        /// For content that no part is known to repeat: up to where the next part's match begins, or to its beginning, words are
        /// looked up. The length is 0 when there is neither a word nor a match of the next part.
        /// </summary>
        private Match FindInVarying(int at)
        {
            int next = EndOf(_part);
            Match following = default;
            int end = Math.Min(next, _limit);
            if (next < _limit)
            {
                following = FindByPart(_part + 1, next);
                if (following.Length > 0)
                {
                    ExtendBack(ref following, at);
                    end = following.At;
                }
            }

            int followingEnd = following.Length > 0 ? following.End : next;
            int literal = _pending.End;
            for (int place = at; place < end; place += 1 + ((place - at) >> 6))
            {
                Match match = FindWord(place);
                if (match.Length == 0)
                {
                    continue;
                }

                ExtendBack(ref match, literal);

                // What lies behind the beginning of the next match is no gain, unless all of that is in this one.
                bool near = match.Length < SnappyElements.ShortCopyEnd && match.Offset < SnappyElements.NearOffset;
                int cost = (near ? 2 : 3) + (match.At > literal && match.End < end ? 1 : 0);
                if (Math.Min(match.End, end) - match.At > cost || match.End >= followingEnd && match.End > next)
                {
                    return match;
                }
            }

            return following;
        }

        private readonly Match FindWord(int at)
        {
            uint word = SnappyElements.Load32(ref _source, (nuint)at);
            ref ushort slot = ref Unsafe.Add(ref _words, WordSlot(word));
            int candidate = at - Back(at, slot);
            slot = (ushort)at;
            Match match = new() { At = at };
            if (candidate != at && SnappyElements.Load32(ref _source, (nuint)candidate) == word)
            {
                match.Offset = at - candidate;
                match.Length = LengthAt(candidate, at);
            }

            return match;
        }

        private readonly void TryPart(ref Match match, int part, int candidatePart, int inside)
        {
            if ((uint)candidatePart >= (uint)part)
            {
                return;
            }

            int candidate = Unsafe.Add(ref _starts, candidatePart) + inside;
            int at = match.At;

            // Looking at the end of the match so far tells most places that are no better.
            int last = match.Length == 0 ? 0 : match.Length - (SnappyElements.MinMatch - 1);
            if (at - candidate > SnappyElements.MaxOffset || at + last > _length - SnappyElements.MinMatch
                || SnappyElements.Load32(ref _source, (nuint)(candidate + last)) != SnappyElements.Load32(ref _source, (nuint)(at + last))
                || SnappyElements.Load32(ref _source, (nuint)candidate) != SnappyElements.Load32(ref _source, (nuint)at))
            {
                return;
            }

            int length = LengthAt(candidate, at);
            if (length > match.Length)
            {
                match.Length = length;
                match.Offset = at - candidate;
                match.Step = part - candidatePart;
            }
        }

        private readonly int LengthAt(int candidate, int at) => SnappyElements.MinMatch + (int)SnappyElements.MatchLength(
            ref _source, (nuint)candidate + SnappyElements.MinMatch, (nuint)at + SnappyElements.MinMatch, (nuint)_length);

        private readonly void ExtendBack(ref Match match, int floor)
        {
            int at = match.At;
            while (at > floor && at > match.Offset
                && Unsafe.Add(ref _source, at - 1) == Unsafe.Add(ref _source, at - 1 - match.Offset))
            {
                at--;
            }

            match.Length += match.At - at;
            match.At = at;
        }

        /// <summary>Writes what is pending and the literal behind it, and makes the match the pending one.</summary>
        private void Take(Match match)
        {
            if (match.At == _pending.End)
            {
                TakeTail(ref match);
            }

            WriteUpTo(match.At);
            _pending = match;
            if (match.Step != 0 && match.Step != _step)
            {
                _stepBefore = _step;
                _step = match.Step;
            }
        }

        /// <summary>
        /// Takes the last, short copy of the pending match into this one, when it has the same content there and needs no copy more.
        /// </summary>
        private void TakeTail(ref Match match)
        {
            int tail = _pending.Length % SnappyElements.MaxCopyLength;
            if (_pending.Length <= SnappyElements.MaxCopyLength || tail == 0 || Copies(match.Length + tail) > Copies(match.Length))
            {
                return;
            }

            Match longer = match;
            ExtendBack(ref longer, match.At - tail);
            if (longer.At == match.At - tail)
            {
                _pending.Length -= tail;
                match = longer;
            }
        }

        private static int Copies(int length) => (length + SnappyElements.MaxCopyLength - 1) / SnappyElements.MaxCopyLength;

        private void WriteUpTo(int end)
        {
            nuint written = (nuint)_written;
            if (_pending.Length > 0)
            {
                written = SnappyElements.WriteCopies(ref _target, written, (nuint)_pending.Offset, (nuint)_pending.Length);
            }

            int literal = _pending.End;
            if (end > literal)
            {
                ref byte from = ref Unsafe.Add(ref _source, literal);
                nuint length = (nuint)(end - literal);
                written = literal < _limit
                    ? SnappyElements.WriteLiteral(ref _target, written, ref from, length)
                    : SnappyElements.WriteLongLiteral(ref _target, written, ref from, length);
            }

            _written = (int)written;
        }

        /// <summary>Moves to the part in which a place lies; parts that the pending match repeats whole have the hash of what they repeat.</summary>
        private void StepToPartAt(int at)
        {
            while (EndOf(_part) <= at && _part + 1 < _partCount)
            {
                _part++;
                if (_part == _hashed && _pending.Step is > 0 and < RingLength && EndOf(_part) <= at)
                {
                    Unsafe.Add(ref _hashes, _part & (RingLength - 1)) = HashAt(_part - _pending.Step);
                    _hashed = _part + 1;
                }
            }
        }

        /// <summary>Hashes the part and the one behind it, and puts those before it into the tables.</summary>
        private void Prepare(int part)
        {
            for (; _hashed <= part + 1; _hashed++)
            {
                Unsafe.Add(ref _hashes, _hashed & (RingLength - 1)) = Hash(StartOf(_hashed), EndOf(_hashed));
            }

            for (; _inserted < part; _inserted++)
            {
                Unsafe.Add(ref _single, SingleSlot(_inserted)) = (ushort)_inserted;
                Unsafe.Add(ref _pair, PairSlot(_inserted)) = (ushort)_inserted;
            }
        }

        private readonly uint Hash(int start, int end)
        {
            int length = end - start;
            uint hash = (uint)length;
            ref byte at = ref Unsafe.Add(ref _source, start);
            if (length < sizeof(ulong))
            {
                for (int index = 0; index < length; index++)
                {
                    hash = hash * 31 + Unsafe.Add(ref at, index);
                }

                return hash;
            }

            for (; length > sizeof(ulong); length -= sizeof(ulong))
            {
                hash = BitOperations.Crc32C(hash, Unsafe.ReadUnaligned<ulong>(ref at));
                at = ref Unsafe.Add(ref at, sizeof(ulong));
            }

            // The last word may overlap the one before it.
            return BitOperations.Crc32C(hash, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref _source, end - sizeof(ulong))));
        }

        private readonly uint HashAt(int part) => Unsafe.Add(ref _hashes, part & (RingLength - 1));

        private readonly uint SingleSlot(int part) => WordSlot(HashAt(part));

        private readonly uint PairSlot(int part) => WordSlot(HashAt(part) ^ BitOperations.RotateLeft(HashAt(part + 1), 13));

        private static uint WordSlot(uint word) => (word * 0x9E3779B1) >> (32 - TableBits);

        /// <summary>How far back the place lies whose low 16 bits are given; 0 when that would be before the beginning.</summary>
        private static int Back(int place, ushort stored)
        {
            int back = (place - stored) & ushort.MaxValue;
            return back <= place ? back : 0;
        }
    }
}
