using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Rows with each label set once: rows of the same labels that do not meet at any step become one, and rows that do
/// are an error.
/// </summary>
internal sealed class MergingMatrix(int stepCount)
{
    private const string SameLabels = "vector cannot contain metrics with the same labelset";

    private readonly Dictionary<Labels, int> _rows = [];

    public SeriesMatrix Matrix { get; } = new(stepCount);

    /// <summary>All rows of a stream, merged.</summary>
    public static SeriesMatrix From(SeriesStream stream, int stepCount)
    {
        MergingMatrix merging = new(stepCount);
        while (stream.MoveNext())
        {
            merging.Add(stream.Labels, stream.DropName, stream.Values);
        }

        merging.Matrix.NamesVary = stream.NamesVary;
        return merging.Matrix;
    }

    /// <summary>Adds a row, or merges it into the row of the same labels. A row without values is left out.</summary>
    public void Add(Labels labels, bool dropName, ReadOnlySpan<double> values)
    {
        if (Missing.CountPresent(values) == 0)
        {
            return;
        }

        if (_rows.TryAdd(labels, Matrix.Count))
        {
            Matrix.Add(labels, dropName, values);
            return;
        }

        int row = _rows[labels];
        Merge(values, Matrix.Values(row));
    }

    private static void Merge(ReadOnlySpan<double> values, Span<double> target)
    {
        for (int step = 0; step < values.Length; step++)
        {
            if (Missing.IsMissing(values[step]))
            {
                continue;
            }

            if (!Missing.IsMissing(target[step]))
            {
                throw new QueryException(QueryErrorKind.Execution, SameLabels);
            }

            target[step] = values[step];
        }
    }
}
