using System.Buffers.Binary;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// The hash by which a target's lines are known again, without their bytes being kept. Two texts of one length and one
/// hash are taken for the same: with a million lines of one length the chance of that is 1 in 37 million, and a page
/// that is made to do it confuses no series but its own.
/// </summary>
/// <remarks>Two lanes of folded multiplications, since a hash is what an unchanged line costs beside its number.</remarks>
internal static class LineHash
{
    private const ulong Key0 = 0x9FB21C651E98DF25;
    private const ulong Key1 = 0xD6E8FEB86659FD93;
    private const ulong Key2 = 0xA0761D6478BD642F;
    private const ulong Key3 = 0xE7037ED1A0B428DB;

    public static ulong Of(ReadOnlySpan<byte> text, ulong seed)
    {
        ulong first = seed ^ Key0;
        ulong second = (ulong)text.Length ^ Key1;
        ReadOnlySpan<byte> rest = text;
        for (; rest.Length >= 32; rest = rest[32..])
        {
            first = Fold(Read(rest) ^ Key2, Read(rest[8..]) ^ first);
            second = Fold(Read(rest[16..]) ^ Key3, Read(rest[24..]) ^ second);
        }

        if (rest.Length >= 16)
        {
            first = Fold(Read(rest) ^ Key3, Read(rest[8..]) ^ first);
            rest = rest[16..];
        }

        if (text.Length >= 16)
        {
            // The last sixteen bytes, some of them for the second time: no loop over single ones.
            ReadOnlySpan<byte> tail = text[^16..];
            second = Fold(Read(tail) ^ Key2, Read(tail[8..]) ^ second);
        }
        else
        {
            second = Fold(ReadShort(rest, 0) ^ Key2, ReadShort(rest, 8) ^ second);
        }

        return Fold(first ^ Key1, second ^ Key0);
    }

    private static ulong Read(ReadOnlySpan<byte> text) => BinaryPrimitives.ReadUInt64LittleEndian(text);

    private static ulong ReadShort(ReadOnlySpan<byte> text, int from)
    {
        ulong value = 0;
        for (int index = from; index < text.Length && index < from + 8; index++)
        {
            value |= (ulong)text[index] << (8 * (index - from));
        }

        return value;
    }

    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
