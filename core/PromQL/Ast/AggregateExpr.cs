namespace AmpEdge.PromQL;

/// <summary>An aggregation over the series of an instant vector.</summary>
public sealed class AggregateExpr : Expr
{
    public required AggregateOperator Operator { get; init; }

    public required Expr Inner { get; init; }

    /// <summary>The k of topk, the phi of quantile, the label of count_values, …; null for the others.</summary>
    public Expr? Parameter { get; init; }

    /// <summary>The labels of <c>by</c> or <c>without</c>, as written.</summary>
    public IReadOnlyList<string> Grouping { get; init; } = [];

    /// <summary><see cref="Grouping"/> are the labels to drop; else the ones to keep.</summary>
    public bool Without { get; init; }

    public override ExprType Type => ExprType.Vector;

    public override PositionRange Position => PositionInQuery;

    internal PositionRange PositionInQuery { get; init; }
}
