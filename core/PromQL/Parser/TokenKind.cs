namespace AmpEdge.PromQL;

/// <summary>The words of the language.</summary>
internal enum TokenKind : byte
{
    /// <summary>Where the lexer gave up; nothing follows.</summary>
    Error,
    EndOfInput,

    Colon,
    Comma,
    Equal,
    LeftBrace,
    LeftBracket,
    LeftParen,
    RightBrace,
    RightBracket,
    RightParen,

    Identifier,

    /// <summary>An identifier with a colon in it.</summary>
    MetricIdentifier,
    Number,
    Duration,
    String,

    // Operators.
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    Atan2,
    EqualEqual,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Unless,
    TrimUpper,
    TrimLower,
    EqualRegex,
    NotEqualRegex,
    At,

    // Aggregations.
    Avg,
    BottomK,
    Count,
    CountValues,
    Group,
    LimitK,
    LimitRatio,
    Max,
    Min,
    Quantile,
    Stddev,
    Stdvar,
    Sum,
    TopK,

    // Keywords.
    Anchored,
    Bool,
    By,
    Fill,
    FillLeft,
    FillRight,
    GroupLeft,
    GroupRight,
    Ignoring,
    Offset,
    On,
    Smoothed,
    Without,

    // Words that are functions of the query's own times.
    Start,
    End,
    Step,
    Range,
    MinOf,
    MaxOf,
}
