namespace AmpEdge.PromQL;

/// <summary>An operator between two expressions.</summary>
public enum BinaryOperator
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    Atan2,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Unless,

    /// <summary><c>&lt;/</c>: keeps what a native histogram holds below a bound.</summary>
    TrimUpper,

    /// <summary><c>&gt;/</c>: keeps what a native histogram holds above a bound.</summary>
    TrimLower,
}
