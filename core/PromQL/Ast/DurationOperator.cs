namespace AmpEdge.PromQL;

/// <summary>What a duration expression does.</summary>
public enum DurationOperator
{
    /// <summary>Only parentheses around <see cref="DurationExpr.Right"/>.</summary>
    None,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,

    /// <summary><c>step()</c>: the step of the range query.</summary>
    Step,

    /// <summary><c>range()</c>: the length of the range query.</summary>
    Range,
    MinOf,
    MaxOf,
}
