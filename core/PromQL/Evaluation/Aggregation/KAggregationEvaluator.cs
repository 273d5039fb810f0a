using System.Diagnostics;

namespace AmpEdge.PromQL;

/// <summary>Evaluates <c>topk</c>, <c>bottomk</c> and <c>limitk</c>.</summary>
internal static class KAggregationEvaluator
{
    public static SeriesMatrix Evaluate(AggregateExpr aggregate, Evaluator evaluator)
    {
        int stepCount = evaluator.Steps.Count;
        Expr parameter = aggregate.Parameter ?? throw new UnreachableException($"{aggregate.Operator} has a parameter");
        ScalarColumn counts = evaluator.EvaluateScalar(parameter);
        SeriesMatrix rows = SeriesMatrix.From(evaluator.EvaluateVector(aggregate.Inner), stepCount);
        ColumnBounds bounds = ColumnBounds.Of(counts.Values);
        RequireWholeNumbers(bounds);
        if (bounds.Maximum < 1)
        {
            return new SeriesMatrix(stepCount);
        }

        LabelGroups groups = AggregateEvaluator.Groups(aggregate);
        int[] groupOfRow = new int[rows.Count];
        for (int row = 0; row < rows.Count; row++)
        {
            groupOfRow[row] = groups.GetOrAdd(rows.Labels(row));
        }

        KSelection selection = aggregate.Operator switch
        {
            AggregateOperator.TopK => KSelection.Greatest,
            AggregateOperator.BottomK => KSelection.Smallest,
            _ => KSelection.Any,
        };
        KAggregation aggregation = new(
            rows,
            groupOfRow,
            groups.Count,
            selection,
            new AggregationNotes(evaluator.Context.Annotations, aggregate.Position.Start, aggregate.Operator.Symbol()));
        if (stepCount == 1)
        {
            return InOrder(rows, aggregation, counts.Values[0]);
        }

        aggregation.SelectAll(counts);
        return rows;
    }

    /// <summary>An instant query shows the best first.</summary>
    private static SeriesMatrix InOrder(SeriesMatrix rows, KAggregation aggregation, double count)
    {
        SeriesMatrix ordered = new(1) { NamesVary = rows.NamesVary };
        foreach (int row in aggregation.SelectInOrder(count))
        {
            ordered.Add(rows.Labels(row), rows.DropName(row), rows.Values(row), rows.Histograms(row));
        }

        return ordered;
    }

    private static void RequireWholeNumbers(ColumnBounds bounds)
    {
        if (bounds.HasNaN)
        {
            throw new QueryException(QueryErrorKind.Execution, "Parameter value is NaN");
        }

        if (bounds.Minimum <= long.MinValue)
        {
            throw new QueryException(
                QueryErrorKind.Execution, $"Scalar value {GoNumber.General(bounds.Minimum)} underflows int64");
        }

        if (bounds.Maximum >= long.MaxValue)
        {
            throw new QueryException(
                QueryErrorKind.Execution, $"Scalar value {GoNumber.General(bounds.Maximum)} overflows int64");
        }
    }
}
