using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>A place in the values of a series description, and the first error found there.</summary>
internal sealed class SeriesScanner(byte[] input, int start)
{
    private const string Stale = "stale";

    public int Position { get; private set; } = start;

    public ParseError? Error { get; private set; }

    public bool AtEnd => Position >= input.Length;

    /// <summary>The byte here; -1 at the end.</summary>
    public int Current => AtEnd ? -1 : input[Position];

    public void Advance(int bytes) => Position += bytes;

    public bool TryTake(string text)
    {
        bool found = input.AsSpan(Position).StartsWith(Encoding.ASCII.GetBytes(text));
        Position += found ? text.Length : 0;
        return found;
    }

    /// <summary>False when there is no blank here.</summary>
    public bool SkipSpaces()
    {
        int first = Position;
        while (CharacterClass.IsSpace(Current))
        {
            Position++;
        }

        return Position > first;
    }

    /// <summary>The letters and underscores here; may be empty.</summary>
    public ReadOnlySpan<byte> TakeWord()
    {
        int first = Position;
        while (CharacterClass.IsAlpha(Current))
        {
            Position++;
        }

        return input.AsSpan(first, Position - first);
    }

    /// <summary>
    /// A number with or without sign, Inf, NaN or <c>stale</c>; null and an error where there is none.
    /// </summary>
    public double? ReadValue()
    {
        if (Current is '+' or '-')
        {
            bool negative = Current == '-';
            Position++;
            return ReadNumber() is { } unsigned ? (negative ? -unsigned : unsigned) : null;
        }

        if (!CharacterClass.IsAlpha(Current))
        {
            return ReadNumber();
        }

        int first = Position;
        if (TakeWord().SequenceEqual(Encoding.ASCII.GetBytes(Stale)))
        {
            return StaleMarker.Value;
        }

        Position = first;
        return ReadNumber();
    }

    /// <summary>A number without sign.</summary>
    public double? ReadNumber()
    {
        int first = Position;
        if (CharacterClass.IsAlpha(Current))
        {
            ReadOnlySpan<byte> word = TakeWord();
            if (Keywords.TryGet(word, out TokenKind kind) && kind == TokenKind.Number)
            {
                return NumberLiterals.TryReadNumber(word, out double special, out _) ? special : null;
            }

            // The letters of a repetition may follow directly: Infx3.
            Position = first;
            if (word.Length == 4 && word[3] == 'x' && Keywords.TryGet(word[..3], out kind) && kind == TokenKind.Number)
            {
                Position += 3;
                return NumberLiterals.TryReadNumber(word[..3], out double repeated, out _) ? repeated : null;
            }

            FailUnexpected();
            return null;
        }

        NumberScanner scanner = new(input, first);
        bool isNumber = scanner.ScanNumber(inSeries: true);
        Position = scanner.Position;
        ReadOnlySpan<byte> text = input.AsSpan(first, Position - first);
        if (isNumber && NumberLiterals.TryReadNumber(text, out double value, out string? error))
        {
            return value;
        }

        Position = first;
        if (text.IsEmpty)
        {
            FailUnexpected();
        }
        else
        {
            Fail(first, $"bad number syntax: {GoQuote.Quote(text)}");
        }

        return null;
    }

    /// <summary>Whatever stands here does not belong here.</summary>
    public void FailUnexpected()
    {
        string found = "end of input";
        if (!AtEnd)
        {
            Rune.DecodeFromUtf8(input.AsSpan(Position), out Rune rune, out _);
            found = GoQuote.Quote(rune.ToString());
        }

        Fail(Position, $"unexpected {found} in series values");
    }

    public void Fail(int position, string message) =>
        Error ??= TokenReader.ErrorAt(input, new PositionRange(position, input.Length), message);
}
