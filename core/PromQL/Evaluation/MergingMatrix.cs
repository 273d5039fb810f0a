using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Rows with each label set once: rows of the same labels that do not meet at any step become one, and rows that do
/// are an error.
/// </summary>
/// <param name="stepCount">Of each row.</param>
/// <param name="sameLabelsFail">Rows of the same labels are an error although they do not meet.</param>
internal sealed class MergingMatrix(int stepCount, bool sameLabelsFail = false)
{
    private const string SameLabels = "vector cannot contain metrics with the same labelset";

    private readonly Dictionary<Labels, int> _rows = [];

    public SeriesMatrix Matrix { get; } = new(stepCount);

    /// <summary>All rows of a stream, merged.</summary>
    public static SeriesMatrix From(SeriesStream stream, int stepCount, bool sameLabelsFail = false)
    {
        MergingMatrix merging = new(stepCount, sameLabelsFail);
        while (stream.MoveNext())
        {
            merging.Add(stream.Labels, stream.DropName, stream.Values, stream.Histograms);
        }

        merging.Matrix.NamesVary = stream.NamesVary;
        return merging.Matrix;
    }

    /// <summary>Adds a row, or merges it into the row of the same labels. A row without values is left out.</summary>
    public void Add(
        Labels labels, bool dropName, ReadOnlySpan<double> values, ReadOnlySpan<FloatHistogram?> histograms = default)
    {
        if (Missing.CountPresent(values) == 0 && !histograms.ContainsAnyExcept((FloatHistogram?)null))
        {
            return;
        }

        if (_rows.TryAdd(labels, Matrix.Count))
        {
            Matrix.Add(labels, dropName, values);
        }
        else if (sameLabelsFail)
        {
            throw new QueryException(QueryErrorKind.Execution, SameLabels);
        }
        else
        {
            Merge(values, _rows[labels]);
        }

        if (!Matrix.TryAddHistograms(_rows[labels], histograms))
        {
            throw new QueryException(QueryErrorKind.Execution, SameLabels);
        }
    }

    private void Merge(ReadOnlySpan<double> values, int row)
    {
        Span<double> target = Matrix.Values(row);
        FloatHistogram?[]? histograms = Matrix.Histograms(row);
        for (int step = 0; step < values.Length; step++)
        {
            if (Missing.IsMissing(values[step]))
            {
                continue;
            }

            if (!Missing.IsMissing(target[step]) || histograms?[step] is not null)
            {
                throw new QueryException(QueryErrorKind.Execution, SameLabels);
            }

            target[step] = values[step];
        }
    }
}
