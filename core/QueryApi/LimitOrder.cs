using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.QueryApi;

/// <summary>
/// Which elements of an instant vector come first when a <c>limit</c> cuts it: by labels, so that the same call keeps the
/// same series, unless the expression itself sorts.
/// </summary>
public static class LimitOrder
{
    /// <summary>Indexes into the vector in that order; null to keep its own.</summary>
    public static int[]? Of(VectorValue vector, string query)
    {
        if (Sorts(query))
        {
            return null;
        }

        int[] order = new int[vector.Count];
        for (int index = 0; index < order.Length; index++)
        {
            order[index] = index;
        }

        Labels[] labels = vector.Labels.ToArray();
        Array.Sort(labels, order);
        return order;
    }

    /// <summary>Whether the order of an expression's series means something.</summary>
    public static bool Sorts(string query) =>
        PromQLParser.Parse(query, ParserOptions.Everything).Expr is { } expr && Sorts(expr);

    private static bool Sorts(Expr expr) => expr switch
    {
        ParenExpr paren => Sorts(paren.Inner),
        Call call => call.Function.Name.StartsWith("sort", StringComparison.Ordinal),
        AggregateExpr aggregate => aggregate.Operator is AggregateOperator.TopK or AggregateOperator.BottomK,
        _ => false,
    };
}
