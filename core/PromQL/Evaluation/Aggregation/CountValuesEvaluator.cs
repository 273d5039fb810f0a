using System.Diagnostics;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Evaluates <c>count_values</c>: one result per group and value, the value in a label.</summary>
internal sealed class CountValuesEvaluator
{
    private readonly string _label;
    private readonly QueryBudget _budget;
    private readonly SeriesMatrix _result;
    private readonly LabelGroups _groups;
    private readonly LabelsBuilder _builder = new();

    private CountValuesEvaluator(AggregateExpr aggregate, string label, int stepCount, QueryBudget budget)
    {
        _budget = budget;
        _label = label;
        _result = new SeriesMatrix(stepCount);
        _groups = new LabelGroups(aggregate.Without
            ? LabelProjection.Without(aggregate.Grouping)
            : LabelProjection.Keep([.. aggregate.Grouping, label]));
    }

    public static SeriesMatrix Evaluate(AggregateExpr aggregate, Evaluator evaluator)
    {
        if (aggregate.Parameter is null || Evaluator.Unwrap(aggregate.Parameter) is not StringLiteral label)
        {
            throw new UnreachableException("the parameter of count_values is a string");
        }

        if (!LabelNames.IsUtf8Name(label.Utf8.Span))
        {
            throw new QueryException(QueryErrorKind.Execution, $"invalid label name {GoQuote.Quote(label.Utf8.Span)}");
        }

        CountValuesEvaluator counting = new(aggregate, label.Value, evaluator.Steps.Count, evaluator.Context.Budget);
        SeriesStream input = evaluator.EvaluateVector(aggregate.Inner);
        while (input.MoveNext())
        {
            counting.Add(input.Labels, input.Values, input.Histograms);
        }

        // Rows of several metrics differ in nothing but the name when it is one of the labels grouped by.
        counting._result.NamesVary = input.NamesVary;
        return counting._result;
    }

    private void Add(Labels labels, ReadOnlySpan<double> values, ReadOnlySpan<FloatHistogram?> histograms)
    {
        double lastValue = Missing.Value;
        int row = 0;
        for (int step = 0; step < values.Length; step++)
        {
            double value = values[step];
            if (Missing.IsMissing(value))
            {
                continue;
            }

            if (BitConverter.DoubleToInt64Bits(value) != BitConverter.DoubleToInt64Bits(lastValue))
            {
                // Values often stay the same from step to step.
                row = RowOf(labels, NumberFormat.Plain(value));
                lastValue = value;
            }

            Count(row, step);
        }

        for (int step = 0; step < histograms.Length; step++)
        {
            if (histograms[step] is { } histogram)
            {
                Count(RowOf(labels, HistogramText.Of(histogram)), step);
            }
        }
    }

    private void Count(int row, int step)
    {
        ref double count = ref _result.Values(row)[step];
        count = Missing.IsMissing(count) ? 1 : count + 1;
    }

    private int RowOf(Labels labels, string value)
    {
        _builder.Reset(labels);
        _builder.Set(_label, value);
        int known = _groups.Count;
        int row = _groups.GetOrAdd(_builder.Build());
        if (row == known)
        {
            // Each value that ever occurs has a column of its own.
            _budget.HoldRow(1, _result.StepCount);
            _result.AddMissing(_groups[row], dropName: false);
        }

        return row;
    }
}
