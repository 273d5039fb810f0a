namespace AmpEdge.PromQL;

/// <summary>
/// A node of a parsed query. Nodes are immutable once the parser has handed them out (what it sets later than at the
/// start has an internal setter), may be shared between threads, and compare by reference.
/// </summary>
public abstract class Expr
{
    public abstract ExprType Type { get; }

    /// <summary>Where the node stands in the query; empty for nodes that were not parsed.</summary>
    public abstract PositionRange Position { get; }

    /// <summary>The expression on one line, in Prometheus's canonical form.</summary>
    public override string ToString() => ExpressionPrinter.Print(this);
}
