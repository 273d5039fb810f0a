namespace AmpEdge.IngestServer.Templates;

/// <summary>One verb of a format with what stands before its letter.</summary>
internal readonly record struct FormatVerb(char Verb, int Width, int? Precision, bool Left, bool Zeros, bool Plus, bool Blank)
{
    /// <summary>Wider than this is a slip of the pen that would only fill memory.</summary>
    private const int MaxWidth = 1000;

    /// <summary>Reads what follows a percent sign; the verb is NUL at the end of the format.</summary>
    public static FormatVerb Read(string format, ref int position)
    {
        FormatVerb verb = default;
        for (; position < format.Length && "-+0 #".Contains(format[position], StringComparison.Ordinal); position++)
        {
            char flag = format[position];
            verb = verb with
            {
                Left = verb.Left || flag == '-',
                Zeros = verb.Zeros || flag == '0',
                Plus = verb.Plus || flag == '+',
                Blank = verb.Blank || flag == ' ',
            };
        }

        verb = verb with { Width = ReadNumber(format, ref position) };
        if (position < format.Length && format[position] == '.')
        {
            position++;
            verb = verb with { Precision = ReadNumber(format, ref position) };
        }

        return position < format.Length ? verb with { Verb = format[position++] } : verb;
    }

    /// <summary>A number with the sign that the flags ask for.</summary>
    public string Sign(bool isPositive, string number)
    {
        string bare = number.TrimStart('+');
        return !isPositive || number.Length == 0
            ? number
            : Plus ? "+" + bare : Blank ? " " + bare : number;
    }

    /// <summary>The text brought to the width.</summary>
    public string Pad(string text)
    {
        if (text.Length >= Width || Left)
        {
            return text.PadRight(Width);
        }

        bool isNumber = text.Length > 0 && (char.IsAsciiDigit(text[^1]) || text[^1] == '.');
        if (!Zeros || !isNumber)
        {
            return text.PadLeft(Width);
        }

        int sign = text[0] is '-' or '+' or ' ' ? 1 : 0;
        return text[..sign] + text[sign..].PadLeft(Width - sign, '0');
    }

    private static int ReadNumber(string format, ref int position)
    {
        int number = 0;
        for (; position < format.Length && char.IsAsciiDigit(format[position]); position++)
        {
            number = Math.Min((number * 10) + (format[position] - '0'), MaxWidth);
        }

        return number;
    }
}
