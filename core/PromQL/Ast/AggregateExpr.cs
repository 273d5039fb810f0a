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

    /// <summary>The same grouping rule (<c>by</c> or <c>without</c>) over another expression and other labels.</summary>
    public AggregateExpr With(Expr inner, Expr? parameter, IReadOnlyList<string> grouping) => new()
    {
        Operator = Operator,
        Inner = inner,
        Parameter = parameter,
        Grouping = grouping,
        Without = Without,
        PositionInQuery = PositionInQuery,
    };

    /// <summary>Another aggregation over another expression, grouped as this one.</summary>
    public AggregateExpr With(AggregateOperator other, Expr inner) => new()
    {
        Operator = other,
        Inner = inner,
        Parameter = Parameter,
        Grouping = Grouping,
        Without = Without,
        PositionInQuery = PositionInQuery,
    };
}
