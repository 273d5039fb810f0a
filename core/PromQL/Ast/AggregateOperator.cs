namespace AmpEdge.PromQL;

/// <summary>An aggregation.</summary>
public enum AggregateOperator
{
    Avg,
    BottomK,
    Count,
    CountValues,
    Group,

    /// <summary>Experimental.</summary>
    LimitK,

    /// <summary>Experimental.</summary>
    LimitRatio,
    Max,
    Min,
    Quantile,
    Stddev,
    Stdvar,
    Sum,
    TopK,
}
