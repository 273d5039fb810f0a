namespace AmpEdge.Prometheus;

/// <summary>Reads classes of characters in an RE2 pattern: in brackets, and as escapes.</summary>
internal static class Re2ClassReader
{
    /// <summary>Reads a class in brackets.</summary>
    public static RuneSet Read(ref Re2Cursor cursor, bool foldCase)
    {
        int start = cursor.Position++;
        RuneSet set = new();
        bool negated = cursor.TryTake('^');
        for (bool first = true; ; first = false)
        {
            if (cursor.AtEnd)
            {
                throw new RegexSyntaxException("missing closing ]", cursor.Pattern[start..]);
            }

            if (!first && cursor.TryTake(']'))
            {
                break;
            }

            ReadItem(ref cursor, set, start, foldCase);
        }

        if (foldCase)
        {
            set.FoldCase();
        }

        // Without the flag s a negated class still takes a newline, as RE2 does by default.
        set.Negated = negated;
        return set;
    }

    /// <summary><c>\d \w \s \p{…}</c> and their negations; null where the escape is a single character.</summary>
    public static RuneSet? TryReadEscape(ref Re2Cursor cursor, bool foldCase)
    {
        char letter = cursor.Pattern[cursor.Position + 1];
        if (letter is 'p' or 'P')
        {
            return ReadUnicodeClass(ref cursor, foldCase);
        }

        RuneSet? set = Re2Classes.OfEscape(letter);
        if (set is null)
        {
            return null;
        }

        cursor.Position += 2;
        if (foldCase && !set.Negated)
        {
            set.FoldCase();
        }

        return set;
    }

    private static void ReadItem(ref Re2Cursor cursor, RuneSet set, int classStart, bool foldCase)
    {
        if (cursor.Rest.StartsWith("[:") && cursor.FindPosixEnd() is >= 0 and int close)
        {
            string name = cursor.Pattern[cursor.Position..(close + 2)];
            set.Add(Re2Classes.OfPosixName(name)
                ?? throw new RegexSyntaxException("invalid character class range", name));
            cursor.Position = close + 2;
            return;
        }

        if (cursor.Current == '\\' && cursor.Position + 1 < cursor.Pattern.Length && TryReadEscape(ref cursor, foldCase) is { } escape)
        {
            set.Add(escape);
            return;
        }

        int itemStart = cursor.Position;
        int first = ReadRune(ref cursor, classStart);
        int last = first;
        if (cursor.Position + 1 < cursor.Pattern.Length && cursor.Current == '-' && cursor.Pattern[cursor.Position + 1] != ']')
        {
            cursor.Position++;
            last = ReadRune(ref cursor, classStart);
            if (last < first)
            {
                throw new RegexSyntaxException("invalid character class range", cursor.Pattern[itemStart..cursor.Position]);
            }
        }

        set.Add(first, last);
    }

    private static int ReadRune(ref Re2Cursor cursor, int classStart)
    {
        if (cursor.AtEnd)
        {
            throw new RegexSyntaxException("missing closing ]", cursor.Pattern[classStart..]);
        }

        if (cursor.Current != '\\')
        {
            return cursor.TakeRune();
        }

        return cursor.Position + 1 < cursor.Pattern.Length
            ? cursor.TakeEscapedRune(cursor.Position)
            : throw new RegexSyntaxException("trailing backslash at end of expression", "");
    }

    private static RuneSet ReadUnicodeClass(ref Re2Cursor cursor, bool foldCase)
    {
        int start = cursor.Position;
        bool negated = cursor.Pattern[cursor.Position + 1] == 'P';
        cursor.Position += 2;
        string name;
        if (cursor.TryTake('{'))
        {
            int close = cursor.Pattern.IndexOf('}', cursor.Position);
            if (close < 0)
            {
                throw new RegexSyntaxException("invalid character class range", cursor.Pattern[start..]);
            }

            name = cursor.Pattern[cursor.Position..close];
            cursor.Position = close + 1;
        }
        else if (!cursor.AtEnd)
        {
            name = cursor.Pattern[cursor.Position++].ToString();
        }
        else
        {
            throw new RegexSyntaxException("invalid character class range", cursor.Pattern[start..]);
        }

        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        RuneSet set = new();
        if (name == "Any")
        {
            set.Add(0, RuneSet.MaxRune);
        }
        else
        {
            set = UnicodeClasses.Of(name)
                ?? throw new RegexSyntaxException("invalid character class range", cursor.Pattern[start..cursor.Position]);
        }

        if (foldCase)
        {
            set.FoldCase();
        }

        set.Negated = negated;
        return set;
    }
}
