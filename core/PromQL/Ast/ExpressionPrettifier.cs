using System.Text;

namespace AmpEdge.PromQL;

/// <summary>Writes expressions over several lines, as Prometheus's <c>format_query</c> does.</summary>
public static class ExpressionPrettifier
{
    /// <summary>What is longer than this, in bytes, is split at its outermost construct.</summary>
    public const int DefaultMaxLineLength = 100;

    private const int IndentWidth = 2;

    public static string Prettify(Expr expr, int maxLineLength = DefaultMaxLineLength)
    {
        StringBuilder text = new();
        Append(text, expr, 0, maxLineLength);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Expr expr, int level, int maxLineLength)
    {
        if (expr is StepInvariantExpr invariant)
        {
            Append(text, invariant.Inner, level, maxLineLength);
            return;
        }

        string line = ExpressionPrinter.Print(expr);
        if (Encoding.UTF8.GetByteCount(line) <= maxLineLength)
        {
            AppendIndented(text, level, line);
            return;
        }

        switch (expr)
        {
            case AggregateExpr aggregate:
                Indent(text, level);
                ExpressionPrinter.AppendAggregateHead(text, aggregate);
                AppendArguments(
                    text,
                    aggregate.Parameter is null ? [aggregate.Inner] : [aggregate.Parameter, aggregate.Inner],
                    level,
                    maxLineLength);
                break;
            case BinaryExpr binary:
                Append(text, binary.Left, level + 1, maxLineLength);
                text.Append('\n');
                Indent(text, level);
                ExpressionPrinter.AppendOperator(text, binary);
                text.Append('\n');
                Append(text, binary.Right, level + 1, maxLineLength);
                break;
            case Call call:
                AppendIndented(text, level, call.Function.Name);
                AppendArguments(text, call.Arguments, level, maxLineLength);
                break;
            case ParenExpr paren:
                Indent(text, level);
                AppendArguments(text, [paren.Inner], level, maxLineLength);
                break;
            case SubqueryExpr subquery:
                Append(text, subquery.Inner, level, maxLineLength);
                ExpressionPrinter.AppendSubquerySuffix(text, subquery);
                break;
            case UnaryExpr unary:
                AppendUnary(text, unary, level, maxLineLength);
                break;
            default:
                AppendIndented(text, level, line);
                break;
        }
    }

    private static void AppendArguments(
        StringBuilder text, IReadOnlyList<Expr> arguments, int level, int maxLineLength)
    {
        text.Append("(\n");
        for (int index = 0; index < arguments.Count; index++)
        {
            Append(text, arguments[index], level + 1, maxLineLength);
            text.Append(index < arguments.Count - 1 ? ",\n" : "\n");
        }

        AppendIndented(text, level, ")");
    }

    // The sign stands directly before the first character of its operand.
    private static void AppendUnary(StringBuilder text, UnaryExpr unary, int level, int maxLineLength)
    {
        StringBuilder operand = new();
        Append(operand, unary.Operand, level, maxLineLength);
        AppendIndented(text, level, unary.Negative ? "-" : "+");
        text.Append(operand.ToString().AsSpan().TrimStart(' '));
    }

    private static void AppendIndented(StringBuilder text, int level, string line)
    {
        Indent(text, level);
        text.Append(line);
    }

    private static void Indent(StringBuilder text, int level) => text.Append(' ', level * IndentWidth);
}
