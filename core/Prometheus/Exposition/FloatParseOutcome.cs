namespace AmpEdge.Prometheus;

/// <summary>What became of parsing a number of an exposition page.</summary>
public enum FloatParseOutcome
{
    Parsed,

    /// <summary>The text is no number.</summary>
    InvalidSyntax,

    /// <summary>A number too large for 64 bits of floating point.</summary>
    OutOfRange,

    /// <summary>An underscore or a hexadecimal exponent, which the format forbids although Go would take it.</summary>
    UnsupportedCharacter,
}
