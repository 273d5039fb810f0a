using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Proxy.FanOut;

/// <summary>
/// Takes a query apart: the largest parts that every member can compute for itself go to the members, what is left is
/// evaluated here over their results. Aggregations over members are split where a sum of sums is the sum.
/// </summary>
internal sealed class FanOutPlanner : ExpressionRewriter
{
    private readonly Pushdown _pushdown;
    private readonly StepRange _query;
    private readonly EngineOptions _options;
    private readonly List<FanOutPart> _parts = [];
    private readonly Dictionary<(string Text, StepRange Times), int> _known = [];

    /// <summary>The times at which the node at hand is evaluated.</summary>
    private StepRange _times;
    private bool _inSubquery;

    private FanOutPlanner(Pushdown pushdown, StepRange query, EngineOptions options)
    {
        _pushdown = pushdown;
        _query = query;
        _options = options;
        _times = query;
    }

    /// <summary>The plan of a query that is evaluated at some times.</summary>
    /// <exception cref="QueryException">The query has a form that cannot be spread over members.</exception>
    public static FanOutPlan Plan(Expr query, StepRange times, WorkspaceLabel label, EngineOptions options)
    {
        Pushdown pushdown = new(label);
        if (query.Type is ExprType.Vector or ExprType.Matrix && pushdown.StaysWithinMembers(query))
        {
            return new FanOutPlan([new FanOutPart(query, times)], LocalQuery: null);
        }

        FanOutPlanner planner = new(pushdown, times, options);
        string local = planner.Rewrite(query).ToString();
        return new FanOutPlan(planner._parts, local);
    }

    public override Expr Rewrite(Expr expr)
    {
        if (expr.Type == ExprType.Vector && _pushdown.StaysWithinMembers(expr))
        {
            return Ask(expr, []);
        }

        switch (expr)
        {
            case AggregateExpr aggregate when _pushdown.IsDistributive(aggregate, out AggregateOperator outer):
                return aggregate.With(outer, Ask(aggregate, []));
            case Call call:
                return RewriteCall(call);
            case SubqueryExpr subquery:
                return RewriteSubquery(subquery);
            default:
                return RewriteChildren(expr);
        }
    }

    private Expr RewriteCall(Call call)
    {
        string name = call.Function.Name;
        Expr? argument = call.Arguments.Count > 0 ? Unwrap(call.Arguments[0]) : null;
        if (name == "absent" && argument is VectorSelector selector)
        {
            return new Call(call.Function, [Ask(selector, selector.Matchers)], call.Position);
        }

        if (name == "absent_over_time" && argument is MatrixSelector range)
        {
            // Nowhere a sample in the window, so nowhere a last one. That function keeps names, where those of several
            // metrics would fall together.
            Call last = new(Signature("last_over_time"), [range], call.Position);
            return new Call(Signature("absent"), [Ask(last, range.Selector.Matchers)], call.Position);
        }

        if (name == "info")
        {
            throw Refused("info() over labels that only a virtual workspace has is not offered; keep its arguments within each workspace");
        }

        foreach (Expr given in call.Arguments)
        {
            if (Unwrap(given) is MatrixSelector)
            {
                throw Refused(
                    $"{name}() over a range selector is computed by each workspace, so its other arguments must be numbers; use a subquery ([5m:15s]) instead of the range selector");
            }
        }

        return RewriteChildren(call);
    }

    private SubqueryExpr RewriteSubquery(SubqueryExpr subquery)
    {
        (StepRange outer, bool wasInSubquery) = (_times, _inSubquery);
        _times = outer.Inside(subquery, _query, _options);
        _inSubquery = true;
        Expr inner = Rewrite(subquery.Inner);
        (_times, _inSubquery) = (outer, wasInSubquery);
        return subquery.With(inner, subquery.Time);
    }

    private VectorSelector Ask(Expr part, IReadOnlyList<Matcher> told)
    {
        // Members are asked for other times than the query's, so what refers to those is put into numbers.
        Expr asked = _inSubquery ? PinnedTimes.Pin(part, _query) : part;
        (string Text, StepRange Times) key = (asked.ToString(), _times);
        if (!_known.TryGetValue(key, out int index))
        {
            index = _parts.Count;
            _parts.Add(new FanOutPart(asked, _times));
            _known.Add(key, index);
        }

        return PartSelector.For(index, told);
    }

    private static Expr Unwrap(Expr expr)
    {
        while (expr is ParenExpr paren)
        {
            expr = paren.Inner;
        }

        return expr;
    }

    private static FunctionSignature Signature(string name) => FunctionSignatures.TryGet(name, out FunctionSignature? known)
        ? known
        : throw new InvalidOperationException($"the language has no function {name}");

    private static QueryException Refused(string reason) => new(QueryErrorKind.Execution, reason);
}
