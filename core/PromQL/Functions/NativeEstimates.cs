using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// What a histogram function gives for the native histograms of its vector, held until it is known which of them have the
/// labels of a classic histogram: at such steps neither of the two gives a result.
/// </summary>
internal sealed class NativeEstimates(int stepCount)
{
    private readonly SeriesMatrix _rows = new(stepCount);
    private readonly List<Labels> _series = [];

    /// <summary>Adds a result of missing values and returns its column.</summary>
    /// <param name="series">The series that it comes from.</param>
    /// <param name="labels">Its own labels.</param>
    /// <param name="dropName">Whether the metric name goes at the end.</param>
    public Span<double> Add(Labels series, Labels labels, bool dropName)
    {
        _series.Add(series);
        return _rows.AddMissing(labels, dropName);
    }

    /// <summary>Leaves out what conflicts, on both sides, and gives what is left to the result.</summary>
    public void MoveTo(MergingMatrix result, BucketGroups groups, FunctionCall call, int position)
    {
        for (int row = 0; row < _rows.Count; row++)
        {
            int group = groups.Find(_series[row]);
            if (group >= 0)
            {
                RemoveConflicts(row, groups, group, call, position);
            }
        }

        for (int row = 0; row < _rows.Count; row++)
        {
            result.Add(_rows.Labels(row), _rows.DropName(row), _rows.Values(row));
        }
    }

    private void RemoveConflicts(int row, BucketGroups groups, int group, FunctionCall call, int position)
    {
        bool warned = false;
        for (int step = 0; step < stepCount; step++)
        {
            if (Missing.IsMissing(_rows.Values(row)[step]) || !groups.HasBuckets(group, step))
            {
                continue;
            }

            groups.Exclude(group, step);
            _rows.Remove(row, step);
            if (!warned)
            {
                warned = true;
                call.Context.Annotations.Warn(
                    position, HistogramNotes.MixedWithClassic + BucketGroups.ForMetric(_series[row]));
            }
        }
    }
}
