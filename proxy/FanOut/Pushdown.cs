using System.Collections.Frozen;
using AmpEdge.PromQL;

namespace AmpEdge.Proxy.FanOut;

/// <summary>
/// Tells which expressions each member can compute for its own series, so that their results, labelled and put side by
/// side, are the result over all series: those in which no series of one member meets one of another.
/// </summary>
internal sealed class Pushdown(WorkspaceLabel label)
{
    /// <summary>Functions that look at all series at once, or whose order counts.</summary>
    private static readonly FrozenSet<string> s_acrossSeries = FrozenSet.ToFrozenSet(
        ["absent", "absent_over_time", "scalar", "vector", "sort", "sort_desc", "sort_by_label", "sort_by_label_desc"],
        StringComparer.Ordinal);

    /// <summary>Whether the vector or range vector of an expression is made series by series within each member.</summary>
    public bool StaysWithinMembers(Expr expr)
    {
        switch (expr)
        {
            case VectorSelector or MatrixSelector:
                return true;
            case ParenExpr paren:
                return StaysWithinMembers(paren.Inner);
            case UnaryExpr unary:
                return StaysWithinMembers(unary.Operand);
            case SubqueryExpr subquery:
                return StaysWithinMembers(subquery.Inner);
            case Call call:
                return CallStays(call);
            case AggregateExpr aggregate:
                return !Crosses(aggregate) && AggregationStays(aggregate);
            case BinaryExpr binary:
                return OperandsStay(binary);
            default:
                return false;
        }
    }

    /// <summary>Whether an aggregation puts series of several members into one group.</summary>
    public bool Crosses(AggregateExpr aggregate)
    {
        bool names = Names(aggregate.Grouping);
        return aggregate.Without ? names : !names;
    }

    /// <summary>
    /// Whether members can aggregate what they have and the results be aggregated once more: a sum of sums is the sum.
    /// </summary>
    /// <param name="aggregate">One that crosses members.</param>
    /// <param name="outer">How the members' results are aggregated.</param>
    public bool IsDistributive(AggregateExpr aggregate, out AggregateOperator outer)
    {
        outer = aggregate.Operator == AggregateOperator.Count ? AggregateOperator.Sum : aggregate.Operator;
        return aggregate.Operator is AggregateOperator.Sum or AggregateOperator.Min or AggregateOperator.Max
                or AggregateOperator.Count or AggregateOperator.Group or AggregateOperator.TopK
                or AggregateOperator.BottomK
            && AggregationStays(aggregate);
    }

    private bool AggregationStays(AggregateExpr aggregate) =>
        aggregate.Operator is not (AggregateOperator.LimitK or AggregateOperator.LimitRatio)
        && (aggregate.Parameter is null || IsSameEverywhere(aggregate.Parameter))
        && StaysWithinMembers(aggregate.Inner);

    private bool CallStays(Call call)
    {
        if (s_acrossSeries.Contains(call.Function.Name))
        {
            return false;
        }

        bool hasSeries = false;
        foreach (Expr argument in call.Arguments)
        {
            bool isSeries = argument.Type is ExprType.Vector or ExprType.Matrix;
            hasSeries |= isSeries;
            if (isSeries ? !SeriesArgumentStays(argument) : !IsSameEverywhere(argument))
            {
                return false;
            }
        }

        // Without an argument, hour() and its like are of the evaluation time: one value, not one per member.
        return hasSeries;
    }

    private bool SeriesArgumentStays(Expr argument)
    {
        if (argument is not VectorSelector { IsLabelSelector: true } labels)
        {
            return StaysWithinMembers(argument);
        }

        foreach (Prometheus.Matcher matcher in labels.Matchers)
        {
            if (label.IsReserved(matcher.Name))
            {
                return false;
            }
        }

        return true;
    }

    private bool OperandsStay(BinaryExpr binary)
    {
        if (binary.Matching is not { } matching)
        {
            return binary.Left.Type == ExprType.Scalar
                ? IsSameEverywhere(binary.Left) && StaysWithinMembers(binary.Right)
                : StaysWithinMembers(binary.Left) && IsSameEverywhere(binary.Right);
        }

        bool meetsOwnOnly = matching.On == Names(matching.Labels) && !Names(matching.Include);
        return meetsOwnOnly && StaysWithinMembers(binary.Left) && StaysWithinMembers(binary.Right);
    }

    /// <summary>A number or text that does not come from series, so every member has the same.</summary>
    private bool IsSameEverywhere(Expr expr) => expr switch
    {
        NumberLiteral => true,
        StringLiteral text => !label.IsReserved(text.Value),
        ParenExpr paren => IsSameEverywhere(paren.Inner),
        UnaryExpr unary => IsSameEverywhere(unary.Operand),
        BinaryExpr binary => IsSameEverywhere(binary.Left) && IsSameEverywhere(binary.Right),
        Call { Function: { ReturnType: ExprType.Scalar, Name: not "scalar" } } call => AreSameEverywhere(call.Arguments),
        _ => false,
    };

    private bool AreSameEverywhere(IReadOnlyList<Expr> expressions)
    {
        foreach (Expr expr in expressions)
        {
            if (!IsSameEverywhere(expr))
            {
                return false;
            }
        }

        return true;
    }

    private bool Names(IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (name == label.Name)
            {
                return true;
            }
        }

        return false;
    }
}
