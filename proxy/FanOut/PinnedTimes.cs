using AmpEdge.PromQL;

namespace AmpEdge.Proxy.FanOut;

/// <summary>Replaces what refers to the start and end of the whole query by the times themselves.</summary>
internal sealed class PinnedTimes : ExpressionRewriter
{
    private readonly StepRange _query;

    private PinnedTimes(StepRange query) => _query = query;

    /// <exception cref="QueryException">It calculates with the times of the query.</exception>
    public static Expr Pin(Expr expr, StepRange query) => new PinnedTimes(query).Rewrite(expr);

    public override Expr Rewrite(Expr expr)
    {
        switch (expr)
        {
            case VectorSelector selector:
                return RewriteRanged(selector);
            case MatrixSelector { RangeExpr: not null } or SubqueryExpr { RangeExpr: not null } or SubqueryExpr { StepExpr: not null }:
                throw Calculated();
            case SubqueryExpr subquery:
                return subquery.With(Rewrite(subquery.Inner), Pin(subquery.Time));
            case Call { Function.Name: "start" or "end" or "step" or "range" }:
                throw Calculated();
            default:
                return RewriteChildren(expr);
        }
    }

    protected override VectorSelector RewriteRanged(VectorSelector selector)
    {
        TimeModifiers pinned = Pin(selector.Time);
        return pinned == selector.Time ? selector : selector.With(selector.Matchers, pinned);
    }

    private TimeModifiers Pin(TimeModifiers time)
    {
        if (time.OffsetExpr is not null)
        {
            throw Calculated();
        }

        return time.Anchor switch
        {
            TimeAnchor.Start => time with { Anchor = TimeAnchor.None, TimestampMs = _query.StartMs },
            TimeAnchor.End => time with { Anchor = TimeAnchor.None, TimestampMs = _query.EndMs },
            _ => time,
        };
    }

    private static QueryException Calculated() => new(
        QueryErrorKind.Execution,
        "inside a subquery that is evaluated over several workspaces, durations and times must be numbers: no step(), range(), start(), end() or calculated durations");
}
