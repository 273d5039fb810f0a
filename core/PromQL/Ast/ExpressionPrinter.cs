using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Writes expressions on one line in Prometheus's canonical form: what it shows in rules and errors.</summary>
public static class ExpressionPrinter
{
    public static string Print(Expr expr)
    {
        StringBuilder text = new();
        Append(text, expr);
        return text.ToString();
    }

    internal static void Append(StringBuilder text, Expr expr)
    {
        switch (expr)
        {
            case AggregateExpr aggregate:
                AppendAggregate(text, aggregate);
                break;
            case BinaryExpr binary:
                Append(text, binary.Left);
                text.Append(' ');
                AppendOperator(text, binary);
                text.Append(' ');
                Append(text, binary.Right);
                break;
            case Call call:
                text.Append(call.Function.Name).Append('(');
                AppendList(text, call.Arguments);
                text.Append(')');
                break;
            case DurationExpr duration:
                AppendDuration(text, duration);
                break;
            case MatrixSelector matrix:
                AppendMatrix(text, matrix);
                break;
            case NumberLiteral number:
                AppendNumber(text, number);
                break;
            case ParenExpr paren:
                text.Append('(');
                Append(text, paren.Inner);
                text.Append(')');
                break;
            case StepInvariantExpr invariant:
                Append(text, invariant.Inner);
                break;
            case StringLiteral literal:
                text.Append(GoQuote.Quote(literal.Utf8.Span));
                break;
            case SubqueryExpr subquery:
                Append(text, subquery.Inner);
                AppendSubquerySuffix(text, subquery);
                break;
            case UnaryExpr unary:
                text.Append(unary.Negative ? '-' : '+');
                Append(text, unary.Operand);
                break;
            case VectorSelector selector:
                AppendSelector(text, selector);
                break;
            default:
                throw new ArgumentException($"no printed form for {expr.GetType().Name}", nameof(expr));
        }
    }

    /// <summary>The part of an aggregation before its parentheses: <c>sum by (job) </c>.</summary>
    internal static void AppendAggregateHead(StringBuilder text, AggregateExpr aggregate)
    {
        text.Append(aggregate.Operator.Symbol());
        if (aggregate.Without || aggregate.Grouping.Count > 0)
        {
            text.Append(aggregate.Without ? " without (" : " by (");
            AppendLabels(text, aggregate.Grouping);
            text.Append(") ");
        }
    }

    /// <summary>The operator with its modifiers: <c>== bool on (job) group_left ()</c>.</summary>
    internal static void AppendOperator(StringBuilder text, BinaryExpr binary)
    {
        text.Append(binary.Operator.Symbol()).Append(binary.ReturnBool ? " bool" : "");
        if (binary.Matching is not { } matching)
        {
            return;
        }

        bool grouped = matching.Cardinality is MatchCardinality.ManyToOne or MatchCardinality.OneToMany;
        if (matching.Labels.Count > 0 || matching.On || grouped)
        {
            text.Append(matching.On ? " on (" : " ignoring (");
            AppendLabels(text, matching.Labels);
            text.Append(')');
        }

        if (grouped)
        {
            text.Append(matching.Cardinality == MatchCardinality.ManyToOne ? " group_left (" : " group_right (");
            AppendLabels(text, matching.Include);
            text.Append(')');
        }

        AppendFill(text, matching);
    }

    /// <summary>The part of a subquery after its expression: <c>[5m:1m] @ 10.000 offset 1m</c>.</summary>
    internal static void AppendSubquerySuffix(StringBuilder text, SubqueryExpr subquery)
    {
        text.Append('[');
        AppendDurationOrExpr(text, subquery.RangeMs, subquery.RangeExpr);
        text.Append(':');
        if (subquery.StepMs != 0 || subquery.StepExpr is not null)
        {
            AppendDurationOrExpr(text, subquery.StepMs, subquery.StepExpr);
        }

        text.Append(']');
        AppendAt(text, subquery.Time);
        AppendOffset(text, subquery.Time);
    }

    private static void AppendAggregate(StringBuilder text, AggregateExpr aggregate)
    {
        AppendAggregateHead(text, aggregate);
        text.Append('(');
        if (aggregate.Parameter is not null)
        {
            Append(text, aggregate.Parameter);
            text.Append(", ");
        }

        Append(text, aggregate.Inner);
        text.Append(')');
    }

    private static void AppendList(StringBuilder text, IReadOnlyList<Expr> expressions)
    {
        for (int index = 0; index < expressions.Count; index++)
        {
            text.Append(index == 0 ? "" : ", ");
            Append(text, expressions[index]);
        }
    }

    private static void AppendLabels(StringBuilder text, IReadOnlyList<string> names)
    {
        for (int index = 0; index < names.Count; index++)
        {
            text.Append(index == 0 ? "" : ", ");
            AppendName(text, names[index]);
        }
    }

    private static void AppendName(StringBuilder text, string name) =>
        text.Append(LabelNames.IsLegacyLabelName(Encoding.UTF8.GetBytes(name)) ? name : GoQuote.Quote(name));

    private static void AppendFill(StringBuilder text, VectorMatching matching)
    {
        if (matching.FillLeft is { } both && both.Equals(matching.FillRight))
        {
            text.Append(CultureInfo.InvariantCulture, $" fill ({GoNumber.General(both)})");
            return;
        }

        if (matching.FillLeft is { } left)
        {
            text.Append(CultureInfo.InvariantCulture, $" fill_left ({GoNumber.General(left)})");
        }

        if (matching.FillRight is { } right)
        {
            text.Append(CultureInfo.InvariantCulture, $" fill_right ({GoNumber.General(right)})");
        }
    }

    private static void AppendNumber(StringBuilder text, NumberLiteral number)
    {
        if (!number.IsDuration)
        {
            text.Append(NumberFormat.Plain(number.Value));
            return;
        }

        text.Append(number.Value < 0 ? "-" : "");
        text.Append(PrometheusDurationFormat.Format((long)Math.Round(Math.Abs(number.Value) * 1000)));
    }

    private static void AppendMatrix(StringBuilder text, MatrixSelector matrix)
    {
        AppendMatchers(text, matrix.Selector);
        text.Append('[');
        AppendDurationOrExpr(text, matrix.RangeMs, matrix.RangeExpr);
        text.Append(']');
        AppendExtension(text, matrix.Selector);
        AppendAt(text, matrix.Selector.Time);
        AppendOffset(text, matrix.Selector.Time);
    }

    private static void AppendSelector(StringBuilder text, VectorSelector selector)
    {
        AppendMatchers(text, selector);
        AppendAt(text, selector.Time);
        AppendExtension(text, selector);
        AppendOffset(text, selector.Time);
    }

    // The matchers are sorted as printed; the one that the bare name stands for is left out.
    private static void AppendMatchers(StringBuilder text, VectorSelector selector)
    {
        text.Append(selector.Name);
        List<string> printed = [];
        foreach (Matcher matcher in selector.Matchers)
        {
            bool isBareName = matcher.Type == MatcherType.Equal && matcher.Name == LabelNames.MetricName
                && selector.Name.Length > 0 && matcher.Value == selector.Name;
            if (!isBareName)
            {
                printed.Add(PrintMatcher(matcher));
            }
        }

        if (printed.Count > 0)
        {
            printed.Sort(StringComparer.Ordinal);
            text.Append('{').AppendJoin(',', printed).Append('}');
        }
    }

    private static string PrintMatcher(Matcher matcher)
    {
        StringBuilder text = new();
        AppendName(text, matcher.Name);
        return text.Append(Symbol(matcher.Type)).Append(GoQuote.Quote(matcher.Value)).ToString();
    }

    internal static string Symbol(MatcherType type) => type switch
    {
        MatcherType.Equal => "=",
        MatcherType.NotEqual => "!=",
        MatcherType.Regex => "=~",
        _ => "!~",
    };

    private static void AppendExtension(StringBuilder text, VectorSelector selector) =>
        text.Append(selector.Anchored ? " anchored" : selector.Smoothed ? " smoothed" : "");

    private static void AppendAt(StringBuilder text, TimeModifiers time)
    {
        if (time.TimestampMs is { } timestampMs)
        {
            text.Append(CultureInfo.InvariantCulture, $" @ {timestampMs / 1000.0:F3}");
        }
        else if (time.Anchor != TimeAnchor.None)
        {
            text.Append(time.Anchor == TimeAnchor.Start ? " @ start()" : " @ end()");
        }
    }

    private static void AppendOffset(StringBuilder text, TimeModifiers time)
    {
        if (time.OffsetExpr is not null)
        {
            text.Append(" offset ");
            AppendDuration(text, time.OffsetExpr);
        }
        else if (time.OffsetMs != 0)
        {
            text.Append(time.OffsetMs < 0 ? " offset -" : " offset ");
            text.Append(PrometheusDurationFormat.Format(Math.Abs(time.OffsetMs)));
        }
    }

    private static void AppendDurationOrExpr(StringBuilder text, long milliseconds, DurationExpr? expr)
    {
        if (expr is null)
        {
            text.Append(PrometheusDurationFormat.Format(milliseconds));
        }
        else
        {
            AppendDuration(text, expr);
        }
    }

    private static void AppendDuration(StringBuilder text, DurationExpr duration)
    {
        text.Append(duration.Wrapped ? "(" : "");
        switch (duration.Operator)
        {
            case DurationOperator.Step:
                text.Append("step()");
                break;
            case DurationOperator.Range:
                text.Append("range()");
                break;
            case DurationOperator.MinOf or DurationOperator.MaxOf:
                text.Append(duration.Operator == DurationOperator.MinOf ? "min_of(" : "max_of(");
                AppendOperand(text, duration.Left);
                text.Append(", ");
                AppendOperand(text, duration.Right);
                text.Append(')');
                break;
            default:
                AppendDurationOperation(text, duration);
                break;
        }

        text.Append(duration.Wrapped ? ")" : "");
    }

    private static void AppendDurationOperation(StringBuilder text, DurationExpr duration)
    {
        string symbol = duration.Operator switch
        {
            DurationOperator.Add => "+",
            DurationOperator.Subtract => "-",
            DurationOperator.Multiply => "*",
            DurationOperator.Divide => "/",
            DurationOperator.Modulo => "%",
            DurationOperator.Power => "^",
            _ => "",
        };
        if (duration.Left is not null)
        {
            AppendOperand(text, duration.Left);
            text.Append(' ').Append(symbol).Append(' ');
        }
        else if (duration.Operator == DurationOperator.Subtract)
        {
            text.Append('-');
        }

        AppendOperand(text, duration.Right);
    }

    private static void AppendOperand(StringBuilder text, Expr? operand)
    {
        if (operand is not null)
        {
            Append(text, operand);
        }
    }
}
