using System.Diagnostics;

namespace AmpEdge.PromQL;

/// <summary>Computes durations that are written as calculations (experimental): <c>[step() * 2]</c>.</summary>
internal static class DurationResolver
{
    /// <summary>
    /// The literal duration, or the value of the calculation that stands in its place, in milliseconds. Only an offset
    /// may be zero or negative.
    /// </summary>
    public static long Resolve(long literalMs, DurationExpr? calculation, StepRange querySteps, bool mayBeNegative = false)
    {
        if (calculation is null)
        {
            return literalMs;
        }

        double seconds = Compute(calculation, querySteps);
        if (!(seconds > 0) && !mayBeNegative)
        {
            throw Invalid(calculation, "duration must be greater than 0");
        }

        if (!(Math.Abs(seconds) <= long.MaxValue / 1000.0))
        {
            throw Invalid(calculation, "duration is out of range");
        }

        return (long)(seconds * 1000);
    }

    private static double Compute(Expr expr, StepRange querySteps)
    {
        if (Evaluator.Unwrap(expr) is NumberLiteral number)
        {
            return number.Value;
        }

        if (Evaluator.Unwrap(expr) is not DurationExpr calculation)
        {
            throw new UnreachableException($"{expr.GetType().Name} is no part of a duration");
        }

        double left = calculation.Left is null ? 0 : Compute(calculation.Left, querySteps);
        double right = calculation.Right is null ? 0 : Compute(calculation.Right, querySteps);
        return calculation.Operator switch
        {
            DurationOperator.None or DurationOperator.Add => left + right,
            DurationOperator.Subtract => left - right,
            DurationOperator.Multiply => left * right,
            DurationOperator.Divide => right == 0 ? throw Invalid(calculation, "division by zero") : left / right,
            DurationOperator.Modulo => right == 0 ? throw Invalid(calculation, "modulo by zero") : left % right,
            DurationOperator.Power => Math.Pow(left, right),
            DurationOperator.MinOf => Math.Min(left, right),
            DurationOperator.MaxOf => Math.Max(left, right),
            DurationOperator.Step => querySteps.IsInstant ? 0 : querySteps.StepMs / 1000.0,
            DurationOperator.Range => (querySteps.EndMs - querySteps.StartMs) / 1000.0,
            _ => throw new UnreachableException($"{calculation.Operator} is no duration operator"),
        };
    }

    private static QueryException Invalid(Expr expr, string what) => new(
        QueryErrorKind.Execution,
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{expr.Position.Start}:{expr.Position.End}: {what}"));
}
