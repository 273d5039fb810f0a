using System.Globalization;
using System.Linq;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Tests.Support;

/// <summary>Compares what a query gave with what its script expects.</summary>
public static class ScriptComparison
{
    private const double RelativeTolerance = 1e-6;
    private const double SmallestNormal = 2.2250738585072014e-308;

    /// <summary>Equal as the scripts mean it: the same bits of meaning, or closer than a millionth.</summary>
    public static bool NearlyEqual(double left, double right)
    {
        if (StaleMarker.IsStale(left) || StaleMarker.IsStale(right))
        {
            return StaleMarker.IsStale(left) == StaleMarker.IsStale(right);
        }

        if (left == right || (double.IsNaN(left) && double.IsNaN(right)))
        {
            return true;
        }

        double sum = Math.Abs(left) + Math.Abs(right);
        double difference = Math.Abs(left - right);
        return left == 0 || right == 0 || sum < SmallestNormal
            ? difference < RelativeTolerance * SmallestNormal
            : difference / Math.Min(sum, double.MaxValue) < RelativeTolerance;
    }

    /// <summary>Problems of the query as written.</summary>
    public static IEnumerable<string> Compare(ScriptCase testCase, QueryValue value)
    {
        if (testCase.Expectations.Find(static expectation => expectation.Kind == "string") is { Text: { } literal })
        {
            string expected = ((StringLiteral)PromQLParser.Parse(literal, ParserOptions.Default).Expr!).Value;
            return value is StringValue text && text.Value == expected ? [] : [$"expected the string {literal}"];
        }

        if (testCase.Scalar is { } scalar)
        {
            return value is ScalarValue got
                ? NearlyEqual(got.Value, scalar) ? [] : [$"scalar {Show(got.Value)}, expected {Show(scalar)}"]
                : [$"expected a scalar, got {value.GetType().Name}"];
        }

        SortedDictionary<Labels, SortedList<long, ScriptValue>> expectedPoints = ExpectedPoints(testCase);
        List<string> problems = [.. ComparePoints(expectedPoints, Points(value))];
        if (testCase.Has("ordered") && value is VectorValue vector)
        {
            CompareOrder(testCase, vector, problems);
        }

        if (testCase.IsRange && value is MatrixValue matrix && !IsOrdered(matrix))
        {
            problems.Add("the series of a range query are not ordered by labels");
        }

        return problems;
    }

    /// <summary>Problems of another way to ask: only values at the time of the case count.</summary>
    public static IEnumerable<string> CompareVariant(ScriptCase testCase, QueryValue value)
    {
        if (testCase.RangeVector is not null)
        {
            return ComparePoints(ExpectedPoints(testCase), Points(value));
        }

        SortedDictionary<Labels, SortedList<long, ScriptValue>> points = [];
        foreach ((Labels labels, SortedList<long, ScriptValue> series) in Points(value))
        {
            foreach ((long timeMs, ScriptValue number) in series)
            {
                if (value is not MatrixValue || timeMs == testCase.StartMs)
                {
                    points[labels] = new SortedList<long, ScriptValue> { [testCase.StartMs] = number };
                }
            }
        }

        return testCase.Has("string") ? [] : ComparePoints(ExpectedPoints(testCase), points);
    }

    private static SortedDictionary<Labels, SortedList<long, ScriptValue>> ExpectedPoints(ScriptCase testCase)
    {
        (long startMs, long _, long stepMs) = testCase.RangeVector ?? (testCase.StartMs, testCase.EndMs, testCase.StepMs);
        SortedDictionary<Labels, SortedList<long, ScriptValue>> expected = [];
        if (testCase.Scalar is { } scalar)
        {
            expected[Labels.Empty] = new SortedList<long, ScriptValue> { [startMs] = ScriptValue.Of(scalar) };
        }

        foreach (ScriptSeriesLine line in testCase.Results)
        {
            SortedList<long, ScriptValue> points = [];
            for (int index = 0; index < line.Values.Count; index++)
            {
                if (!line.Values[index].IsNothing)
                {
                    points[startMs + (index * stepMs)] = line.Values[index];
                }
            }

            expected[line.Labels] = points;
        }

        return expected;
    }

    private static SortedDictionary<Labels, SortedList<long, ScriptValue>> Points(QueryValue value)
    {
        SortedDictionary<Labels, SortedList<long, ScriptValue>> points = [];
        switch (value)
        {
            case ScalarValue scalar:
                points[Labels.Empty] = new SortedList<long, ScriptValue> { [scalar.TimestampMs] = ScriptValue.Of(scalar.Value) };
                break;
            case VectorValue vector:
                for (int index = 0; index < vector.Count; index++)
                {
                    points[vector.Labels[index]] = new SortedList<long, ScriptValue>
                    {
                        [vector.TimestampMs] = vector.HistogramAt(index) is { } histogram
                            ? ScriptValue.Of(histogram)
                            : ScriptValue.Of(vector.Values[index]),
                    };
                }

                break;
            case MatrixValue matrix:
                foreach (MatrixSeries series in matrix.Series)
                {
                    SortedList<long, ScriptValue> list = [];
                    foreach (Sample sample in series)
                    {
                        list[sample.TimestampMs] = ScriptValue.Of(sample.Value);
                    }

                    foreach ((long timeMs, FloatHistogram histogram) in series.Histograms())
                    {
                        list[timeMs] = ScriptValue.Of(histogram);
                    }

                    points[series.Labels] = list;
                }

                break;
        }

        return points;
    }

    private static IEnumerable<string> ComparePoints(
        SortedDictionary<Labels, SortedList<long, ScriptValue>> expected, SortedDictionary<Labels, SortedList<long, ScriptValue>> actual)
    {
        foreach ((Labels labels, SortedList<long, ScriptValue> points) in expected)
        {
            if (!actual.TryGetValue(labels, out SortedList<long, ScriptValue>? got))
            {
                yield return $"{labels} is missing among {string.Join(", ", actual.Keys)}";
            }
            else if (!got.Keys.SequenceEqual(points.Keys) || !points.Values.Zip(got.Values).All(static pair => pair.First.Matches(pair.Second)))
            {
                yield return $"{labels} is {Show(got)}, expected {Show(points)}";
            }
        }

        foreach ((Labels labels, SortedList<long, ScriptValue> points) in actual)
        {
            if (!expected.ContainsKey(labels))
            {
                yield return $"{labels} is not expected: {Show(points)}";
            }
        }
    }

    private static void CompareOrder(ScriptCase testCase, VectorValue vector, List<string> problems)
    {
        for (int index = 0; index < Math.Min(vector.Count, testCase.Results.Count); index++)
        {
            if (vector.Labels[index] != testCase.Results[index].Labels)
            {
                problems.Add($"at place {index} comes {vector.Labels[index]}, expected {testCase.Results[index].Labels}");
                return;
            }
        }
    }

    private static bool IsOrdered(MatrixValue matrix)
    {
        for (int index = 1; index < matrix.Count; index++)
        {
            if (matrix.Series[index - 1].Labels.CompareTo(matrix.Series[index].Labels) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private static string Show(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Show(SortedList<long, ScriptValue> points)
    {
        StringBuilder text = new("[");
        foreach ((long timeMs, ScriptValue value) in points)
        {
            text.Append(CultureInfo.InvariantCulture, $" {value}@{timeMs}");
        }

        return text.Append(" ]").ToString();
    }
}
