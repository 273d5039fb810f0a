namespace AmpEdge.PromQL;

/// <summary>
/// As of when <c>info</c> looks at info series: as of the samples that it enriches. Their <c>@</c> and offset, and those of
/// subqueries around them, are those of the first selector in the argument.
/// </summary>
internal static class InfoTimes
{
    /// <summary>The reference times at the steps of a query or subquery.</summary>
    public static SelectorWindow Of(Expr argument, StepRange steps, StepRange querySteps, long lookbackMs)
    {
        TimeShift shift = default;
        Find(argument, querySteps, ref shift);
        return new SelectorWindow(steps, shift.OffsetMs, shift.AtMs, lookbackMs);
    }

    /// <summary>Adds up the modifiers on the way to the first selector; false when there is none.</summary>
    private static bool Find(Expr expr, StepRange querySteps, ref TimeShift shift)
    {
        TimeShift outside = shift;
        switch (Evaluator.Unwrap(expr))
        {
            case VectorSelector selector:
                shift = Inside(shift, selector.Time, querySteps);
                return true;
            case MatrixSelector range:
                shift = Inside(shift, range.Selector.Time, querySteps);
                return true;
            case SubqueryExpr subquery:
                shift = Inside(shift, subquery.Time, querySteps);
                if (Find(subquery.Inner, querySteps, ref shift))
                {
                    return true;
                }

                shift = outside;
                return false;
            case UnaryExpr unary:
                return Find(unary.Operand, querySteps, ref shift);
            case BinaryExpr binary:
                return Find(binary.Left, querySteps, ref shift) || Find(binary.Right, querySteps, ref shift);
            case AggregateExpr aggregate:
                return Find(aggregate.Inner, querySteps, ref shift)
                    || (aggregate.Parameter is { } parameter && Find(parameter, querySteps, ref shift));
            case Call call:
                foreach (Expr inner in call.Arguments)
                {
                    if (Find(inner, querySteps, ref shift))
                    {
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }

    private static TimeShift Inside(TimeShift outside, TimeModifiers time, StepRange querySteps)
    {
        TimeShift own = TimeShift.Resolve(time, querySteps);
        return own.AtMs is null ? outside with { OffsetMs = outside.OffsetMs + own.OffsetMs } : own;
    }
}
