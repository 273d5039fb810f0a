using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Evaluates the top node of a query and makes its columns the result that the query promises.</summary>
internal static class ResultShaper
{
    public static QueryValue Shape(Expr expr, Evaluator evaluator)
    {
        if (expr.Type == ExprType.Matrix)
        {
            return RangeVector(evaluator.EvaluateRange(expr), evaluator.Context);
        }

        bool isInstant = evaluator.Steps.IsInstant;
        long timeMs = evaluator.Steps.StartMs;
        return evaluator.Evaluate(expr) switch
        {
            StringConstant text => new StringValue(timeMs, text.Value),
            ScalarColumn scalar when isInstant => new ScalarValue(timeMs, scalar.Values[0]),
            ScalarColumn scalar => ScalarOverTime(scalar, evaluator.Steps),
            NodeValue stream when isInstant => Vector((SeriesStream)stream, timeMs),
            NodeValue stream => Matrix((SeriesStream)stream, evaluator.Steps),
        };
    }

    /// <summary>A range query gives a scalar as a series without labels.</summary>
    private static MatrixValue ScalarOverTime(ScalarColumn scalar, StepRange steps) =>
        new([new MatrixSeries(Labels.Empty, steps.ToTimestamps(), scalar.Array)]);

    /// <summary>In the order that the expression gave.</summary>
    private static VectorValue Vector(SeriesStream stream, long timeMs)
    {
        SeriesMatrix rows = WithFinalNames(stream, stepCount: 1);
        Labels[] labels = new Labels[rows.Count];
        double[] values = new double[rows.Count];
        FloatHistogram?[]? histograms = null;
        for (int row = 0; row < rows.Count; row++)
        {
            labels[row] = rows.Labels(row);
            values[row] = rows.Values(row)[0];
            if (rows.Histograms(row) is { } column)
            {
                histograms ??= new FloatHistogram?[rows.Count];
                histograms[row] = column[0];
            }
        }

        return new VectorValue(timeMs, labels, values, histograms);
    }

    /// <summary>Ordered by labels.</summary>
    private static MatrixValue Matrix(SeriesStream stream, StepRange steps)
    {
        SeriesMatrix rows = WithFinalNames(stream, steps.Count);
        ReadOnlyMemory<long> timestamps = steps.ToTimestamps();
        MatrixSeries[] series = new MatrixSeries[rows.Count];
        for (int row = 0; row < rows.Count; row++)
        {
            series[row] = new MatrixSeries(rows.Labels(row), timestamps, rows.Memory(row), rows.Histograms(row));
        }

        Array.Sort(series, static (left, right) => left.Labels.CompareTo(right.Labels));
        return new MatrixValue(series);
    }

    /// <summary>Removes the names that were marked for it; then each label set may be there only once.</summary>
    private static SeriesMatrix WithFinalNames(SeriesStream stream, int stepCount)
    {
        LabelProjection withoutName = LabelProjection.WithoutMetricIdentity();
        MergingMatrix rows = new(stepCount);
        while (stream.MoveNext())
        {
            Labels labels = stream.DropName ? Labels.FromBlob(withoutName.Project(stream.Labels)) : stream.Labels;
            rows.Add(labels, dropName: false, stream.Values, stream.Histograms);
        }

        return rows.Matrix;
    }

    /// <summary>The samples of a range vector as they are: only an instant query can have one as its result.</summary>
    private static MatrixValue RangeVector(RangeSource source, EvaluationContext context)
    {
        LabelProjection withoutName = LabelProjection.WithoutMetricIdentity();
        List<MatrixSeries> series = [];
        if (source.Windowing.Extension != RangeExtension.None)
        {
            return ExtendedRangeVector.Of(source, context);
        }

        long endMs = source.Windowing.EndMs(0);
        long startMs = endMs - source.Windowing.RangeMs;
        while (source.MoveNext())
        {
            ReadOnlySpan<long> timestamps = source.Samples.Timestamps;
            int first = FirstAfter(timestamps, startMs);
            int count = FirstAfter(timestamps, endMs) - first;
            if (count <= 0)
            {
                continue;
            }

            ReadOnlySpan<FloatHistogram?> histograms = source.Samples.Histograms;
            histograms = histograms.IsEmpty ? default : histograms.Slice(first, count);
            long size = Missing.CountPresent(source.Samples.Values.Slice(first, count)) + QueryBudget.SizeOf(histograms);
            context.Budget.Hold(size);
            context.Budget.Look(size);
            Labels labels = source.DropName ? Labels.FromBlob(withoutName.Project(source.Labels)) : source.Labels;
            series.Add(new MatrixSeries(
                labels,
                timestamps.Slice(first, count).ToArray(),
                source.Samples.Values.Slice(first, count).ToArray(),
                histograms.IsEmpty ? null : histograms.ToArray()));
        }

        MatrixSeries[] ordered = [.. series];
        Array.Sort(ordered, static (left, right) => left.Labels.CompareTo(right.Labels));
        return new MatrixValue(ordered);
    }

    private static int FirstAfter(ReadOnlySpan<long> timestamps, long timeMs)
    {
        int index = 0;
        while (index < timestamps.Length && timestamps[index] <= timeMs)
        {
            index++;
        }

        return index;
    }
}
