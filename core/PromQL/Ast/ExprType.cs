namespace AmpEdge.PromQL;

/// <summary>
/// What an expression evaluates to. (Prometheus's value types; the name keeps clear of System.ValueType.)
/// </summary>
public enum ExprType
{
    /// <summary>Only where parsing failed: the call of a function that does not exist.</summary>
    None,
    Scalar,

    /// <summary>An instant vector.</summary>
    Vector,

    /// <summary>A range vector.</summary>
    Matrix,
    String,
}
