namespace AmpEdge.Prometheus;

/// <summary>
/// A pattern of literals with gaps between them: what most label expressions are once their alternatives are spelled
/// out (<c>api-.*</c> is the literal <c>api-</c> and a gap). Matched by comparing bytes, without a regex engine.
/// </summary>
internal sealed class Glob
{
    private readonly byte[][] _literals;
    private readonly int[] _gapsBefore;
    private readonly int _gapAfter;

    /// <param name="literals">The literals in order; none is empty.</param>
    /// <param name="gapsBefore">For each literal: -1 where it follows at once, else the least bytes to skip.</param>
    /// <param name="gapAfter">The same for what follows the last literal (or for the whole, without literals).</param>
    private Glob(byte[][] literals, int[] gapsBefore, int gapAfter)
    {
        _literals = literals;
        _gapsBefore = gapsBefore;
        _gapAfter = gapAfter;
    }

    public static Glob Empty { get; } = new([], [], -1);

    /// <summary>A gap of at least <paramref name="minBytes"/> (0 or 1) bytes.</summary>
    public static Glob Gap(int minBytes) => new([], [], minBytes);

    public static Glob Literal(byte[] bytes) => new([bytes], [-1], -1);

    /// <summary>The one string that matches, or null where there is a gap.</summary>
    public byte[]? OnlyMatch
    {
        get
        {
            if (_gapAfter >= 0 || _literals.Length > 1 || (_literals.Length == 1 && _gapsBefore[0] >= 0))
            {
                return null;
            }

            return _literals.Length == 0 ? [] : _literals[0];
        }
    }

    /// <summary>The bytes that every match begins with; may be empty.</summary>
    public ReadOnlySpan<byte> Prefix => _literals.Length > 0 && _gapsBefore[0] < 0 ? _literals[0] : [];

    /// <summary>
    /// This pattern followed by another; null where two gaps meet that both need a character, because bytes are counted
    /// here and two bytes may be one character.
    /// </summary>
    public Glob? Then(Glob next)
    {
        int joint = AddGaps(_gapAfter, next._literals.Length == 0 ? next._gapAfter : next._gapsBefore[0]);
        if (joint > 1)
        {
            return null;
        }

        if (next._literals.Length == 0)
        {
            return new Glob(_literals, _gapsBefore, joint);
        }

        if (joint < 0 && _literals.Length > 0)
        {
            byte[] joined = [.. _literals[^1], .. next._literals[0]];
            return new Glob(
                [.. _literals[..^1], joined, .. next._literals[1..]],
                [.. _gapsBefore, .. next._gapsBefore[1..]],
                next._gapAfter);
        }

        return new Glob(
            [.. _literals, .. next._literals],
            [.. _gapsBefore, joint, .. next._gapsBefore[1..]],
            next._gapAfter);
    }

    public bool Matches(ReadOnlySpan<byte> text)
    {
        int last = _literals.Length - 1;
        if (last < 0)
        {
            return _gapAfter < 0 ? text.IsEmpty : text.Length >= _gapAfter;
        }

        int position = 0;
        for (int index = 0; index <= last; index++)
        {
            ReadOnlySpan<byte> literal = _literals[index];
            int gap = _gapsBefore[index];
            if (index == last && _gapAfter < 0)
            {
                // The last literal ends the text, so it is looked for there only.
                int start = text.Length - literal.Length;
                return text.EndsWith(literal) && (gap < 0 ? start == position : start >= position + gap);
            }

            int found = gap < 0
                ? text[position..].StartsWith(literal) ? 0 : -1
                : IndexOfAfter(text[position..], gap, literal);
            if (found < 0)
            {
                return false;
            }

            position += found + literal.Length;
        }

        return text.Length - position >= _gapAfter;
    }

    private static int IndexOfAfter(ReadOnlySpan<byte> text, int skip, ReadOnlySpan<byte> literal)
    {
        int found = text.Length < skip ? -1 : text[skip..].IndexOf(literal);
        return found < 0 ? -1 : found + skip;
    }

    private static int AddGaps(int left, int right) =>
        left < 0 ? right : right < 0 ? left : left + right;
}
