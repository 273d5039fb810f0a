using System.Diagnostics;

namespace AmpEdge.PromQL;

/// <summary>Aggregations over the series of a vector: groups them once each, and combines their columns.</summary>
internal static class AggregateEvaluator
{
    public static SeriesStream Evaluate(AggregateExpr aggregate, Evaluator evaluator)
    {
        QueryBudget budget = evaluator.Context.Budget;
        long heldBefore = budget.Held;
        SeriesMatrix result = aggregate.Operator switch
        {
            AggregateOperator.TopK or AggregateOperator.BottomK or AggregateOperator.LimitK =>
                KAggregationEvaluator.Evaluate(aggregate, evaluator),
            AggregateOperator.LimitRatio => LimitRatioEvaluator.Evaluate(aggregate, evaluator),
            AggregateOperator.CountValues => CountValuesEvaluator.Evaluate(aggregate, evaluator),
            _ => Combine(aggregate, evaluator),
        };
        budget.ReturnTo(heldBefore);
        budget.HoldRows(result);
        return result.ToStream();
    }

    /// <summary>The groups of <c>by</c> or <c>without</c>.</summary>
    public static LabelGroups Groups(AggregateExpr aggregate) => new(
        aggregate.Without ? LabelProjection.Without(aggregate.Grouping) : LabelProjection.Keep(aggregate.Grouping));

    /// <summary>Aggregations that forget a series once its column is added.</summary>
    private static SeriesMatrix Combine(AggregateExpr aggregate, Evaluator evaluator)
    {
        int stepCount = evaluator.Steps.Count;
        GroupAggregation aggregation = Create(aggregate, evaluator);
        SeriesStream input = evaluator.EvaluateVector(aggregate.Inner);
        LabelGroups groups = Groups(aggregate);
        List<bool> dropNames = [];
        while (input.MoveNext())
        {
            int known = groups.Count;
            int group = groups.GetOrAdd(input.Labels);
            if (group == known)
            {
                // Before its memory is taken: with many short series there are as many groups as rows.
                evaluator.Context.Budget.HoldBytes((long)stepCount * aggregation.BytesPerStep);
                aggregation.AddGroup();
                dropNames.Add(false);
            }

            dropNames[group] |= input.DropName;
            aggregation.Accumulate(group, input.Values);
            if (!input.Histograms.IsEmpty)
            {
                aggregation.AccumulateHistograms(group, input.Labels, input.Histograms);
            }
        }

        SeriesMatrix result = new(stepCount) { NamesVary = input.NamesVary };
        for (int group = 0; group < groups.Count; group++)
        {
            Span<double> values = result.AddMissing(groups[group], dropNames[group]);
            aggregation.Finish(group, values);
            if (aggregation.FinishHistograms(group, values) is { } histograms)
            {
                result.SetHistograms(group, histograms);
            }
        }

        return result;
    }

    private static GroupAggregation Create(AggregateExpr aggregate, Evaluator evaluator)
    {
        int stepCount = evaluator.Steps.Count;
        AggregationNotes notes = new(
            evaluator.Context.Annotations, aggregate.Inner.Position.Start, aggregate.Operator.Symbol());
        return aggregate.Operator switch
        {
            AggregateOperator.Sum => new SumAggregation(stepCount, evaluator.Context.Budget, notes),
            AggregateOperator.Avg => new AverageAggregation(stepCount, evaluator.Context.Budget, notes),
            AggregateOperator.Min => new ExtremeAggregation(stepCount, wantGreatest: false, notes),
            AggregateOperator.Max => new ExtremeAggregation(stepCount, wantGreatest: true, notes),
            AggregateOperator.Count => new CountAggregation(stepCount, always1: false, notes),
            AggregateOperator.Group => new CountAggregation(stepCount, always1: true, notes),
            AggregateOperator.Stdvar => new VarianceAggregation(stepCount, squareRoot: false, notes),
            AggregateOperator.Stddev => new VarianceAggregation(stepCount, squareRoot: true, notes),
            AggregateOperator.Quantile => new QuantileAggregation(stepCount, Quantile(aggregate, evaluator), notes),
            _ => throw new UnreachableException($"{aggregate.Operator} is no simple aggregation"),
        };
    }

    /// <summary>Warns once for each way in which the parameter leaves the range from 0 to 1.</summary>
    private static ScalarColumn Quantile(AggregateExpr aggregate, Evaluator evaluator)
    {
        Expr parameter = aggregate.Parameter ?? throw new UnreachableException("quantile has a parameter");
        ScalarColumn quantiles = evaluator.EvaluateScalar(parameter);
        ColumnBounds bounds = ColumnBounds.Of(quantiles.Values);
        AnnotationWriter annotations = evaluator.Context.Annotations;
        if (bounds.HasNaN)
        {
            annotations.WarnInvalidQuantile(parameter.Position.Start, double.NaN);
        }

        if (bounds.Maximum > 1)
        {
            annotations.WarnInvalidQuantile(parameter.Position.Start, bounds.Maximum);
        }

        if (bounds.Minimum < 0)
        {
            annotations.WarnInvalidQuantile(parameter.Position.Start, bounds.Minimum);
        }

        return quantiles;
    }
}
