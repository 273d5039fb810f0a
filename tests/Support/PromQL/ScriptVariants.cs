using System.Globalization;
using System.Text;
using AmpEdge.PromQL;

namespace AmpEdge.Tests.Support;

/// <summary>Other ways to ask what an instant query asks, which must give the same values.</summary>
public static class ScriptVariants
{
    /// <summary>Functions of the evaluation time, or of the whole query's times: asked differently they answer differently.</summary>
    private static readonly HashSet<string> s_functionsOfTime = new(StringComparer.Ordinal)
    {
        "days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year",
        "time", "timestamp", "predict_linear", "start", "end", "step", "range",
    };

    private static readonly HashSet<string> s_functionsOfQuery = new(StringComparer.Ordinal) { "start", "end", "step", "range" };

    /// <summary>
    /// The query with every selector pinned by <c>@</c> to a time, so that it may be evaluated at any; null where a
    /// function depends on the evaluation time.
    /// </summary>
    public static string? Pin(string query, Expr expr, long timeMs)
    {
        List<int> places = [];
        if (!CollectPlaces(expr, places))
        {
            return null;
        }

        byte[] utf8 = Encoding.UTF8.GetBytes(query);
        string pin = string.Create(CultureInfo.InvariantCulture, $" @ {timeMs / 1000.0:F3}");
        places.Sort();
        StringBuilder pinned = new();
        int from = 0;
        foreach (int place in places)
        {
            pinned.Append(Encoding.UTF8.GetString(utf8.AsSpan(from, place - from))).Append(pin);
            from = place;
        }

        return pinned.Append(Encoding.UTF8.GetString(utf8.AsSpan(from))).ToString();
    }

    /// <summary>Whether the query may be a step of a range query without meaning something else.</summary>
    public static bool MayBeAStep(Expr expr)
    {
        bool may = expr.Type is ExprType.Scalar or ExprType.Vector;
        Visit(expr, node => may &= node switch
        {
            Call call => !s_functionsOfQuery.Contains(call.Function.Name),
            VectorSelector selector => selector.Time.Anchor == TimeAnchor.None,
            SubqueryExpr subquery => subquery.Time.Anchor == TimeAnchor.None,
            DurationExpr => false,
            _ => true,
        });
        return may;
    }

    /// <summary>The byte offsets behind selectors and outermost subqueries that have no <c>@</c>.</summary>
    private static bool CollectPlaces(Expr expr, List<int> places)
    {
        bool possible = true;
        switch (expr)
        {
            case MatrixSelector matrix when !matrix.Selector.Time.IsPinned:
                places.Add(matrix.Position.End);
                break;
            case VectorSelector selector when !selector.Time.IsPinned:
                places.Add(selector.Position.End);
                break;
            case SubqueryExpr subquery when !subquery.Time.IsPinned:
                places.Add(subquery.Position.End);
                break;
            case Call call when s_functionsOfTime.Contains(call.Function.Name):
                return false;
        }

        if (expr is not (SubqueryExpr or MatrixSelector))
        {
            foreach (Expr child in Children(expr))
            {
                possible &= CollectPlaces(child, places);
            }
        }
        else
        {
            Visit(expr, node => possible &= node is not Call call || !s_functionsOfTime.Contains(call.Function.Name));
        }

        return possible;
    }

    private static void Visit(Expr expr, Action<Expr> visit)
    {
        visit(expr);
        foreach (Expr child in Children(expr))
        {
            Visit(child, visit);
        }
    }

    private static IEnumerable<Expr> Children(Expr expr) => expr switch
    {
        ParenExpr paren => [paren.Inner],
        UnaryExpr unary => [unary.Operand],
        BinaryExpr binary => [binary.Left, binary.Right],
        AggregateExpr { Parameter: { } parameter } aggregate => [parameter, aggregate.Inner],
        AggregateExpr aggregate => [aggregate.Inner],
        Call call => call.Arguments,
        MatrixSelector matrix => [matrix.Selector],
        SubqueryExpr subquery => [subquery.Inner],
        _ => [],
    };
}
