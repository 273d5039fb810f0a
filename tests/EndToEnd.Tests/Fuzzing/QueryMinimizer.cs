using System.Text;
using AmpEdge.PromQL;

namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>
/// Makes a query that fails smaller as long as it fails: asks for less, takes parts of the expression for the whole, and puts
/// something simple in the place of parts.
/// </summary>
public sealed class QueryMinimizer(Func<FuzzedQuery, Task<bool>> fails)
{
    private const int MostTries = 400;

    private int _tries;

    public async Task<FuzzedQuery> MinimizeAsync(FuzzedQuery query)
    {
        while (await SmallerAsync(query) is { } smaller)
        {
            query = smaller;
        }

        return query;
    }

    private async Task<FuzzedQuery?> SmallerAsync(FuzzedQuery query)
    {
        foreach (FuzzedQuery candidate in Candidates(query))
        {
            if (_tries++ < MostTries && await fails(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    private static IEnumerable<FuzzedQuery> Candidates(FuzzedQuery query)
    {
        foreach (string expression in Expressions(query.Expression))
        {
            yield return query with { Expression = expression };
        }

        long steps = (query.EndMs - query.StartMs) / query.StepMs;
        if (steps > 0)
        {
            long middleMs = query.StartMs + (steps / 2 * query.StepMs);
            yield return query with { EndMs = middleMs - (steps == 1 ? 0 : query.StepMs) };
            yield return query with { StartMs = steps == 1 ? query.EndMs : middleMs };
        }
    }

    /// <summary>Shorter texts, the shortest first, so that each step takes away as much as it can.</summary>
    private static List<string> Expressions(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        HashSet<string> found = [];
        if (PromQLParser.Parse(utf8, ParserOptions.Default).TryGet(out Expr? root, out _))
        {
            foreach (Expr part in Parts(root))
            {
                string own = Encoding.UTF8.GetString(utf8.AsSpan(part.Position.Start..part.Position.End));
                found.Add(own);
                foreach (string simple in Simpler(part))
                {
                    found.Add(Encoding.UTF8.GetString(utf8.AsSpan(..part.Position.Start)) + simple
                        + Encoding.UTF8.GetString(utf8.AsSpan(part.Position.End..)));
                }
            }
        }

        found.RemoveWhere(candidate => candidate.Length >= text.Length);
        List<string> ordered = [.. found];
        ordered.Sort(static (left, right) => left.Length.CompareTo(right.Length));
        return ordered;
    }

    private static IEnumerable<string> Simpler(Expr part)
    {
        switch (part)
        {
            case ParenExpr paren:
                yield return paren.Inner.ToString();
                break;
            case UnaryExpr unary:
                yield return unary.Operand.ToString();
                break;
            case VectorSelector selector:
                yield return selector.Name.Length > 0 ? selector.Name : "temp";
                break;
            case Call or AggregateExpr or BinaryExpr when part.Type == ExprType.Vector:
                yield return "up";
                yield return "temp";
                foreach (Expr child in Children(part))
                {
                    if (child.Type == ExprType.Vector)
                    {
                        yield return child.ToString();
                    }
                }

                break;
            case { Type: ExprType.Scalar }:
                yield return "1";
                break;
            case SubqueryExpr or MatrixSelector:
                yield return "temp[5m]";
                yield return "odd[5m]";
                break;
        }
    }

    private static IEnumerable<Expr> Parts(Expr expr)
    {
        yield return expr;
        foreach (Expr child in Children(expr))
        {
            foreach (Expr part in Parts(child))
            {
                yield return part;
            }
        }
    }

    private static IReadOnlyList<Expr> Children(Expr expr) => expr switch
    {
        ParenExpr paren => [paren.Inner],
        UnaryExpr unary => [unary.Operand],
        BinaryExpr binary => [binary.Left, binary.Right],
        SubqueryExpr subquery => [subquery.Inner],
        AggregateExpr { Parameter: { } parameter } aggregate => [parameter, aggregate.Inner],
        AggregateExpr aggregate => [aggregate.Inner],
        Call call => call.Arguments,
        _ => [],
    };
}
