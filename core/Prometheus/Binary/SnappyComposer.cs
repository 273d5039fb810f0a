using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AmpEdge.Prometheus;

/// <summary>
/// Puts a Snappy block together from templates and other content, one behind the other: the elements first, then what stands in front
/// of them. Reusable; allocates nothing; not thread-safe.
/// </summary>
/// <remarks>
/// The copy behind a value takes its high bytes and the copy in front of it the low ones, as far as they are those of the value there; a
/// value that came lately, or the zeros that whole numbers begin with, are copied; the rest is literal. docs/decisions/0008-snappy-by-parts.md of the
/// agent has the figures.
/// </remarks>
public sealed class SnappyComposer
{
    /// <summary>The most that the length of the content takes in front of its elements.</summary>
    public const int MaxHeadLength = 5;

    private const int RecentBits = 8;
    private const int Nowhere = int.MinValue / 2;

    /// <summary>So many low bytes that are zero are worth a copy.</summary>
    private const int MinZeros = 5;

    private readonly ulong[] _recent = new ulong[1 << RecentBits];
    private readonly int[] _recentAt = new int[1 << RecentBits];
    private int _zerosAt;
    private int _zeros;

    /// <summary>How much content was composed.</summary>
    private int _content;

    /// <summary>Begins a block.</summary>
    public void Begin()
    {
        Array.Fill(_recentAt, Nowhere);
        _zerosAt = Nowhere;
        _zeros = 0;
        _content = 0;
    }

    /// <summary>Writes the length of what was composed to the end of the target, in front of the elements; returns how many bytes that are.</summary>
    /// <param name="target">At least <see cref="MaxHeadLength"/> bytes.</param>
    public int WriteHead(Span<byte> target)
    {
        int length = Uvarint.Length((ulong)_content);
        Uvarint.Write(target[^length..], (ulong)_content);
        return length;
    }

    /// <summary>Content that is no template's, as parts; returns how many bytes of the target it takes.</summary>
    /// <param name="content">Not empty.</param>
    /// <param name="parts">Where its parts begin.</param>
    /// <param name="encoder">Searches the content.</param>
    /// <param name="target">At least <see cref="Snappy.MaxEncodedLength"/> bytes.</param>
    public int Append(ReadOnlySpan<byte> content, ReadOnlySpan<int> parts, SnappyPartsEncoder encoder, Span<byte> target)
    {
        int written = encoder.Encode(content, parts, target);
        int head = Uvarint.Length((ulong)content.Length);
        target[head..written].CopyTo(target);
        _content += content.Length;
        return written - head;
    }

    /// <summary>The first records of a template, with these values and the stamp that was set; returns how many bytes of the target they take.</summary>
    /// <param name="template">The records.</param>
    /// <param name="values">As many as records are wanted: one at least, no more than there are.</param>
    /// <param name="target">At least <see cref="SnappyTemplate.MaxEncodedLength"/> bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Append(SnappyTemplate template, ReadOnlySpan<ulong> values, Span<byte> target)
    {
        if (values.IsEmpty || values.Length > template.Count || target.Length < template.MaxEncodedLength(values.Length))
        {
            throw new ArgumentException(
                $"{values.Length} values and {target.Length} bytes for a template of {template.Count} records", nameof(values));
        }

        ref byte fragment = ref template.Fragments;
        ref byte output = ref MemoryMarshal.GetReference(target);
        ReadOnlySpan<ushort> lengths = template.FragmentLengths;
        ReadOnlySpan<ushort> recordLengths = template.RecordLengths;
        ReadOnlySpan<SnappyTemplate.ValueNeighbour> before = template.Before;
        ReadOnlySpan<SnappyTemplate.ValueNeighbour> behind = template.Behind;
        int behindValue = template.TailLength + SnappyTemplate.ValueLength;
        nuint written = 0;
        int taken = 0;
        for (int record = 0; record < values.Length; record++)
        {
            written = WriteFragment(ref fragment, lengths[record], taken, ref output, written);
            fragment = ref Unsafe.Add(ref fragment, (int)lengths[record]);
            _content += recordLengths[record];
            taken = record + 1 < values.Length ? TakenBehind(values, record, behind[record], fragment) : 0;
            written = WriteValue(values, record, before[record], taken, _content - behindValue, ref output, written);
        }

        if (values.Length == template.Count)
        {
            return (int)WriteFragment(ref fragment, lengths[values.Length], 0, ref output, written);
        }

        ReadOnlySpan<byte> tail = template.Tail;
        return (int)SnappyElements.WriteLongLiteral(ref output, written, ref MemoryMarshal.GetReference(tail), (nuint)tail.Length);
    }

    /// <summary>Copies a fragment, with its first copy longer by what it takes of the value in front of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint WriteFragment(ref byte fragment, int length, int taken, ref byte output, nuint written)
    {
        ref byte target = ref Unsafe.Add(ref output, written);
        Vector128.LoadUnsafe(ref fragment).StoreUnsafe(ref target);
        for (int copied = SnappyTemplate.CopyLength; copied < length; copied += SnappyTemplate.CopyLength)
        {
            Vector128.LoadUnsafe(ref fragment, (nuint)copied).StoreUnsafe(ref target, (nuint)copied);
        }

        target += (byte)(taken << 2);
        return written + (nuint)length;
    }

    /// <summary>How many high bytes of a value the copy behind it takes: as many as it has room for and as are the same there.</summary>
    private static int TakenBehind(ReadOnlySpan<ulong> values, int record, SnappyTemplate.ValueNeighbour behind, byte tag)
    {
        int room = behind.Kind switch
        {
            SnappyTemplate.NeighbourKind.LongCopy => SnappyElements.MaxCopyLength - 1 - (tag >> 2),
            SnappyTemplate.NeighbourKind.ShortCopy => SnappyElements.ShortCopyEnd - 1 - SnappyElements.MinMatch - ((tag >> 2) & 7),
            _ => 0,
        };
        return room == 0 ? 0 : Math.Min(room, BitOperations.LeadingZeroCount(values[record] ^ values[record - behind.Amount]) >> 3);
    }

    private nuint WriteValue(
        ReadOnlySpan<ulong> values, int record, SnappyTemplate.ValueNeighbour before, int taken, int at, ref byte output, nuint written)
    {
        ulong value = values[record];
        int wanted = SnappyTemplate.ValueLength - taken;
        int done = before.Kind >= SnappyTemplate.NeighbourKind.ShortCopy
            ? GoOn(Math.Min(wanted, SameBytes(value, values[record - before.Amount])), before.Kind, ref output, ref written)
            : 0;
        int zeros = Math.Min(wanted, BitOperations.TrailingZeroCount(value) >> 3);
        int slot = (int)((value * 0x9E3779B97F4A7C15) >> (64 - RecentBits));
        int left = wanted - done;
        if (left >= SnappyElements.MinMatch)
        {
            if (_recent[slot] == value && at - _recentAt[slot] <= SnappyElements.MaxOffset)
            {
                written = SnappyElements.WriteCopy(ref output, written, (nuint)(at - _recentAt[slot]), (nuint)left);
                left = 0;
            }
            else if (zeros - done >= MinZeros && zeros <= _zeros && at - _zerosAt <= SnappyElements.MaxOffset)
            {
                written = SnappyElements.WriteCopy(ref output, written, (nuint)(at - _zerosAt), (nuint)(zeros - done));
                left = wanted - zeros;
                done = zeros;
            }
        }

        if (left > 0)
        {
            int joined = done == 0 && before.Kind == SnappyTemplate.NeighbourKind.Literal ? before.Amount : 0;
            written = WriteRest(value >> (8 * done), left, joined, ref output, written);
        }

        _recent[slot] = value;
        _recentAt[slot] = at;
        if (zeros >= MinZeros && (zeros >= _zeros || at - _zerosAt > SnappyElements.MaxOffset / 2))
        {
            _zerosAt = at;
            _zeros = zeros;
        }

        return written;
    }

    /// <summary>How many low bytes, which come first, are the same.</summary>
    private static int SameBytes(ulong left, ulong right) =>
        left == right ? SnappyTemplate.ValueLength : BitOperations.TrailingZeroCount(left ^ right) >> 3;

    /// <summary>Makes the copy that was just written so much longer, or repeats it; returns by how much.</summary>
    private static int GoOn(int same, SnappyTemplate.NeighbourKind kind, ref byte output, ref nuint written)
    {
        if (same == 0)
        {
            return 0;
        }

        if (kind == SnappyTemplate.NeighbourKind.ShortCopy)
        {
            ref byte tag = ref Unsafe.Add(ref output, written - 2);
            int length = ((tag >> 2) & 7) + SnappyElements.MinMatch + same;
            if (length < SnappyElements.ShortCopyEnd)
            {
                tag += (byte)(same << 2);
                return same;
            }

            if (same < 3)
            {
                return 0;
            }

            // One byte more for the long form.
            byte high = (byte)(tag >> 5);
            tag = (byte)(2 | ((length - 1) << 2));
            Unsafe.Add(ref output, written++) = high;
            return same;
        }

        ref byte longTag = ref Unsafe.Add(ref output, written - 3);
        if ((longTag >> 2) + 1 + same <= SnappyElements.MaxCopyLength)
        {
            longTag += (byte)(same << 2);
            return same;
        }

        if (same < SnappyElements.MinMatch)
        {
            return 0;
        }

        nuint offset = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref output, written - 2));
        written = SnappyElements.WriteCopy(
            ref output, written, BitConverter.IsLittleEndian ? offset : BinaryPrimitives.ReverseEndianness((ushort)offset), (nuint)same);
        return same;
    }

    /// <summary>The rest of a value, as a literal of its own or as more of the one of <paramref name="before"/> bytes that ends here.</summary>
    private static nuint WriteRest(ulong rest, int length, int before, ref byte output, nuint written)
    {
        if (before > 0)
        {
            Unsafe.Add(ref output, written - (nuint)before - 1) += (byte)(length << 2);
        }
        else
        {
            Unsafe.Add(ref output, written++) = (byte)((length - 1) << 2);
        }

        Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, written), BitConverter.IsLittleEndian ? rest : BinaryPrimitives.ReverseEndianness(rest));
        return written + (nuint)length;
    }
}
