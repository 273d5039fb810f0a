namespace AmpEdge.PromQL;

/// <summary>What the grammar knows about each aggregation.</summary>
public static class AggregateOperatorFacts
{
    /// <summary>Whether a parameter stands before the vector.</summary>
    public static bool HasParameter(this AggregateOperator op) => op
        is AggregateOperator.TopK or AggregateOperator.BottomK or AggregateOperator.CountValues
        or AggregateOperator.Quantile or AggregateOperator.LimitK or AggregateOperator.LimitRatio;

    public static bool IsExperimental(this AggregateOperator op) =>
        op is AggregateOperator.LimitK or AggregateOperator.LimitRatio;

    public static string Symbol(this AggregateOperator op) => op switch
    {
        AggregateOperator.Avg => "avg",
        AggregateOperator.BottomK => "bottomk",
        AggregateOperator.Count => "count",
        AggregateOperator.CountValues => "count_values",
        AggregateOperator.Group => "group",
        AggregateOperator.LimitK => "limitk",
        AggregateOperator.LimitRatio => "limit_ratio",
        AggregateOperator.Max => "max",
        AggregateOperator.Min => "min",
        AggregateOperator.Quantile => "quantile",
        AggregateOperator.Stddev => "stddev",
        AggregateOperator.Stdvar => "stdvar",
        AggregateOperator.Sum => "sum",
        AggregateOperator.TopK => "topk",
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not an aggregation of PromQL"),
    };
}
