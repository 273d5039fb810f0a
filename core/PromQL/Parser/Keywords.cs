using System.Collections.Frozen;

namespace AmpEdge.PromQL;

/// <summary>The words with a meaning of their own; letters of either case are the same.</summary>
internal static class Keywords
{
    private const int LongestWord = 16;

    private static readonly FrozenDictionary<string, TokenKind> s_kinds = new Dictionary<string, TokenKind>
    {
        ["and"] = TokenKind.And,
        ["or"] = TokenKind.Or,
        ["unless"] = TokenKind.Unless,
        ["atan2"] = TokenKind.Atan2,
        ["avg"] = TokenKind.Avg,
        ["bottomk"] = TokenKind.BottomK,
        ["count"] = TokenKind.Count,
        ["count_values"] = TokenKind.CountValues,
        ["group"] = TokenKind.Group,
        ["limitk"] = TokenKind.LimitK,
        ["limit_ratio"] = TokenKind.LimitRatio,
        ["max"] = TokenKind.Max,
        ["min"] = TokenKind.Min,
        ["quantile"] = TokenKind.Quantile,
        ["stddev"] = TokenKind.Stddev,
        ["stdvar"] = TokenKind.Stdvar,
        ["sum"] = TokenKind.Sum,
        ["topk"] = TokenKind.TopK,
        ["anchored"] = TokenKind.Anchored,
        ["bool"] = TokenKind.Bool,
        ["by"] = TokenKind.By,
        ["fill"] = TokenKind.Fill,
        ["fill_left"] = TokenKind.FillLeft,
        ["fill_right"] = TokenKind.FillRight,
        ["group_left"] = TokenKind.GroupLeft,
        ["group_right"] = TokenKind.GroupRight,
        ["ignoring"] = TokenKind.Ignoring,
        ["offset"] = TokenKind.Offset,
        ["on"] = TokenKind.On,
        ["smoothed"] = TokenKind.Smoothed,
        ["without"] = TokenKind.Without,
        ["start"] = TokenKind.Start,
        ["end"] = TokenKind.End,
        ["step"] = TokenKind.Step,
        ["range"] = TokenKind.Range,
        ["min_of"] = TokenKind.MinOf,
        ["max_of"] = TokenKind.MaxOf,
        ["inf"] = TokenKind.Number,
        ["nan"] = TokenKind.Number,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, TokenKind>.AlternateLookup<ReadOnlySpan<char>> s_byWord =
        s_kinds.GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool TryGet(ReadOnlySpan<byte> word, out TokenKind kind)
    {
        kind = TokenKind.Identifier;
        if (word.Length > LongestWord)
        {
            return false;
        }

        Span<char> characters = stackalloc char[LongestWord];
        int length = System.Text.Encoding.Latin1.GetChars(word, characters);
        return s_byWord.TryGetValue(characters[..length], out kind);
    }
}
