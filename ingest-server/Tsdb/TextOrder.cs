using System.Buffers.Binary;

namespace AmpEdge.Tsdb;

/// <summary>
/// Sorts texts by their bytes: by the eight that follow what all begin with, as numbers, and those that have the same eight again.
/// Label values mostly differ in those eight.
/// </summary>
internal readonly ref struct TextOrder
{
    /// <summary>So few are compared with each other at once.</summary>
    private const int FewTexts = 12;

    /// <summary>
    /// Texts that so many numbers do not tell apart are compared whole, which bounds the depth of the calls whatever the texts are.
    /// </summary>
    private const int MostRounds = 64;

    private readonly TextSet _texts;
    private readonly Span<ulong> _keys;

    private TextOrder(TextSet texts)
    {
        _texts = texts;
        _keys = new ulong[texts.Count];
    }

    /// <summary>The numbers of all texts in the order of their bytes.</summary>
    public static int[] Of(TextSet texts)
    {
        int[] order = new int[texts.Count];
        for (int text = 0; text < order.Length; text++)
        {
            order[text] = text;
        }

        new TextOrder(texts).Sort(order, 0, MostRounds);
        return order;
    }

    /// <param name="order">All the texts, to be sorted.</param>
    /// <param name="from">Where in the keys these belong.</param>
    /// <param name="rounds">How many numbers more may be looked at.</param>
    private void Sort(Span<int> order, int from, int rounds)
    {
        if (order.Length <= FewTexts || rounds == 0)
        {
            order.Sort(new WholeOrder(_texts));
            return;
        }

        Span<ulong> keys = _keys.Slice(from, order.Length);
        int common = CommonPrefix(order);
        for (int place = 0; place < keys.Length; place++)
        {
            keys[place] = KeyOf(_texts[order[place]][common..]);
        }

        keys.Sort(order);
        for (int place = 0; place < keys.Length;)
        {
            int same = keys[place..].IndexOfAnyExcept(keys[place]);
            same = same < 0 ? keys.Length - place : same;
            if (same > 1)
            {
                Sort(order.Slice(place, same), from + place, rounds - 1);
            }

            place += same;
        }
    }

    private int CommonPrefix(ReadOnlySpan<int> order)
    {
        ReadOnlySpan<byte> common = _texts[order[0]];
        foreach (int text in order[1..])
        {
            common = common[..common.CommonPrefixLength(_texts[text])];
        }

        return common.Length;
    }

    /// <summary>Orders texts as their first eight bytes do; where those are the same, or one ends before, it may say nothing.</summary>
    private static ulong KeyOf(ReadOnlySpan<byte> text)
    {
        if (text.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(text);
        }

        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        text.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    private readonly struct WholeOrder(TextSet texts) : IComparer<int>
    {
        public int Compare(int x, int y) => texts[x].SequenceCompareTo(texts[y]);
    }
}
