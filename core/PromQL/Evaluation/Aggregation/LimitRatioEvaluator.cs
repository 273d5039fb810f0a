using System.Diagnostics;

namespace AmpEdge.PromQL;

/// <summary>
/// Evaluates <c>limit_ratio</c>: a series stays when the hash of its labels lies in the part of all hashes that the ratio
/// names. A negative ratio names the rest, so r and r - 1 complement each other.
/// </summary>
internal static class LimitRatioEvaluator
{
    public static SeriesMatrix Evaluate(AggregateExpr aggregate, Evaluator evaluator)
    {
        int stepCount = evaluator.Steps.Count;
        Expr parameter = aggregate.Parameter ?? throw new UnreachableException("limit_ratio has a parameter");
        ScalarColumn ratios = evaluator.EvaluateScalar(parameter);
        SeriesMatrix rows = SeriesMatrix.From(evaluator.EvaluateVector(aggregate.Inner), stepCount);
        ColumnBounds bounds = ColumnBounds.Of(ratios.Values);
        if (bounds.HasNaN)
        {
            throw new QueryException(QueryErrorKind.Execution, "Ratio value is NaN");
        }

        WarnOutside(bounds, evaluator.Context.Annotations, parameter.Position.Start);
        for (int row = 0; row < rows.Count; row++)
        {
            double offset = rows.Labels(row).Hash / (double)ulong.MaxValue;
            for (int step = 0; step < stepCount; step++)
            {
                if (!IsSampled(Math.Clamp(ratios.Values[step], -1, 1), offset))
                {
                    rows.Remove(row, step);
                }
            }
        }

        return rows;
    }

    private static bool IsSampled(double ratio, double offset) =>
        ratio >= 0 ? offset < ratio : offset >= 1 + ratio;

    private static void WarnOutside(ColumnBounds bounds, AnnotationWriter annotations, int position)
    {
        if (bounds.Maximum > 1)
        {
            annotations.Warn(position, Text(bounds.Maximum, 1));
        }

        if (bounds.Minimum < -1)
        {
            annotations.Warn(position, Text(bounds.Minimum, -1));
        }
    }

    private static string Text(double ratio, double capped) =>
        $"ratio value should be between -1 and 1, got {GoNumber.General(ratio)}, capping to {GoNumber.General(capped)}";
}
