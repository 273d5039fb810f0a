namespace AmpEdge.PromQL;

/// <summary>The classes of ASCII that the lexer tells apart; no other character belongs to any of them.</summary>
internal static class CharacterClass
{
    public static bool IsSpace(int character) => character is ' ' or '\t' or '\n' or '\r';

    public static bool IsDigit(int character) => character is >= '0' and <= '9';

    public static bool IsAlpha(int character) =>
        character is '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');

    public static bool IsAlphaNumeric(int character) => IsAlpha(character) || IsDigit(character);

    /// <summary>The value of a digit in a base up to 16; 16 for what is none.</summary>
    public static int DigitValue(int character) => character switch
    {
        >= '0' and <= '9' => character - '0',
        >= 'a' and <= 'f' => character - 'a' + 10,
        >= 'A' and <= 'F' => character - 'A' + 10,
        _ => 16,
    };
}
