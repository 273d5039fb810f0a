namespace AmpEdge.PromQL;

/// <summary>
/// Finds where a number or a duration ends. Whether the number has a value is decided when it is read.
/// </summary>
internal ref struct NumberScanner(ReadOnlySpan<byte> input, int start)
{
    private const string DecimalDigits = "0123456789";
    private const string HexDigits = "0123456789abcdefABCDEF";
    private const int EndOfInput = -1;

    private readonly ReadOnlySpan<byte> _input = input;

    /// <summary>Where scanning stopped: the end of the number, or of the part that spoils it.</summary>
    public int Position { get; private set; } = start;

    private readonly int Next => Position < _input.Length ? _input[Position] : EndOfInput;

    /// <summary>
    /// Decimal, hexadecimal, octal or floating, with underscores between digits. In series descriptions (where
    /// <c>x</c> says how often) there are no hexadecimal ones.
    /// </summary>
    public bool ScanNumber(bool inSeries)
    {
        int first = Position;
        string digits = DecimalDigits;
        if (!inSeries && Accept("0") && Accept("xX"))
        {
            Accept("_");
            digits = HexDigits;
        }

        Accept(".");
        Accept(digits);
        if (!ScanRest(digits) || Position == first)
        {
            return false;
        }

        return (inSeries && Next == 'x') || !CharacterClass.IsAlphaNumeric(Next);
    }

    /// <summary>The rest of a duration whose first number has been scanned: units and further numbers.</summary>
    public bool ScanDurationUnits()
    {
        if (!Accept("smhdwy"))
        {
            return false;
        }

        // The second letter of ms. A wrong one (hs) is found when the duration is read.
        Accept("s");
        while (Accept(DecimalDigits))
        {
            while (Accept(DecimalDigits))
            {
            }

            // Years only come first.
            if (!Accept("smhdw"))
            {
                return false;
            }

            Accept("s");
        }

        if (!CharacterClass.IsAlphaNumeric(Next))
        {
            return true;
        }

        Position++;
        return false;
    }

    private bool ScanRest(string digits)
    {
        bool dotSeen = false;
        bool exponentSeen = false;
        while (IsIn(digits) || IsIn("._eE"))
        {
            if ((IsIn(".") && dotSeen) || (IsIn("eE") && !IsIn(digits) && exponentSeen))
            {
                Position++;
                return false;
            }

            bool sound = true;
            if (Accept("."))
            {
                dotSeen = true;
                sound = !Accept("_.") && digits.Length == DecimalDigits.Length;
            }
            else if (!IsIn(digits) && Accept("eE"))
            {
                exponentSeen = true;
                Accept("+-");
                sound = !Accept("._eE") && Next != EndOfInput;
            }
            else if (Accept("_"))
            {
                sound = !Accept("._eE") && Next != EndOfInput;
            }
            else
            {
                while (Accept(digits))
                {
                }
            }

            if (!sound)
            {
                return false;
            }
        }

        return true;
    }

    private readonly bool IsIn(string set) => Next >= 0 && set.Contains((char)Next, StringComparison.Ordinal);

    private bool Accept(string set)
    {
        if (!IsIn(set))
        {
            return false;
        }

        Position++;
        return true;
    }
}
