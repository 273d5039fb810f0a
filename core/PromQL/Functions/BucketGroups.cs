using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The series of classic histograms, put together again: one group for each label set without <c>le</c>, with the
/// cumulative counts of its buckets over all steps.
/// </summary>
internal sealed class BucketGroups
{
    private readonly int _stepCount;
    private readonly List<Group> _groups = [];
    private readonly Dictionary<Labels, int> _indexes = [];

    private BucketGroups(int stepCount)
    {
        _stepCount = stepCount;
    }

    public int Count => _groups.Count;

    /// <summary>
    /// Reads a vector to its end; series without a sensible <c>le</c> are left out with a warning. Those with native
    /// histograms are shown to <paramref name="native"/> as they come.
    /// </summary>
    public static BucketGroups Collect(SeriesStream stream, FunctionCall call, int position, Action<SeriesStream> native)
    {
        BucketGroups groups = new(call.Steps.Count);
        LabelsBuilder withoutBound = new();
        while (stream.MoveNext())
        {
            if (!stream.Histograms.IsEmpty)
            {
                native(stream);
            }

            if (Missing.CountPresent(stream.Values) == 0)
            {
                continue;
            }

            Labels labels = stream.Labels;
            string bound = labels.GetString(LabelNames.Bucket);
            if (!TryReadBound(bound, out double upperBound))
            {
                call.Context.Annotations.Warn(
                    position,
                    $"bucket label \"le\" is missing or has a malformed value of {GoQuote.Quote(bound)}"
                    + ForMetric(labels));
                continue;
            }

            withoutBound.Reset(labels);
            withoutBound.Remove(LabelNames.Bucket);
            groups.Add(withoutBound.Build(), stream.DropName, upperBound, stream.Values);
        }

        foreach (Group group in groups._groups)
        {
            group.SortBuckets();
        }

        return groups;
    }

    /// <summary>The end of annotations that are about a metric: <c> for metric name "x"</c>.</summary>
    public static string ForMetric(Labels labels) =>
        labels.MetricName is { Length: > 0 } name ? $" for metric name {GoQuote.Quote(name)}" : "";

    /// <summary>The group with some labels, or -1.</summary>
    public int Find(Labels labels) => _indexes.GetValueOrDefault(labels, -1);

    /// <summary>Whether a group has any bucket at a step.</summary>
    public bool HasBuckets(int group, int step) => _groups[group].HasBuckets(step);

    /// <summary>Leaves out a group at a step, where a native histogram has the same labels.</summary>
    public void Exclude(int group, int step) => _groups[group].Exclude(step);

    public Labels Labels(int group) => _groups[group].Labels;

    public bool DropName(int group) => _groups[group].DropName;

    /// <summary>
    /// The buckets that have a count at a step, by ascending boundary, those of equal boundaries added up. Valid until
    /// the next call; the caller may change them.
    /// </summary>
    public Span<ClassicBucket> BucketsAt(int group, int step, ref ClassicBucket[] buffer)
    {
        Group buckets = _groups[group];
        if (buckets.IsExcluded(step))
        {
            return default;
        }

        if (buffer.Length < buckets.Count)
        {
            buffer = new ClassicBucket[buckets.Count];
        }

        int count = 0;
        for (int bucket = 0; bucket < buckets.Count; bucket++)
        {
            double value = buckets.ValueAt(bucket, step);
            if (Missing.IsMissing(value))
            {
                continue;
            }

            double upperBound = buckets.UpperBound(bucket);
            if (count > 0 && buffer[count - 1].UpperBound.Equals(upperBound))
            {
                buffer[count - 1] = new ClassicBucket(upperBound, buffer[count - 1].Count + value);
            }
            else
            {
                buffer[count++] = new ClassicBucket(upperBound, value);
            }
        }

        return buffer.AsSpan(0, count);
    }

    private void Add(Labels labels, bool dropName, double upperBound, ReadOnlySpan<double> values)
    {
        if (!_indexes.TryGetValue(labels, out int index))
        {
            index = _groups.Count;
            _indexes.Add(labels, index);
            _groups.Add(new Group(labels, _stepCount));
        }

        _groups[index].Add(dropName, upperBound, values);
    }

    private static bool TryReadBound(string text, out double bound)
    {
        bound = double.PositiveInfinity;
        return text is "+Inf" or "Inf" or "inf" or "+inf"
            || (text.Length > 0 && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out bound));
    }

    private sealed class Group(Labels labels, int stepCount)
    {
        private readonly ColumnSlab _columns = new(stepCount);
        private readonly List<double> _bounds = [];
        private int[] _order = [];
        private bool[]? _excluded;

        public Labels Labels => labels;

        public bool DropName { get; private set; }

        public int Count => _bounds.Count;

        public void Add(bool dropName, double upperBound, ReadOnlySpan<double> values)
        {
            DropName |= dropName;
            _bounds.Add(upperBound);
            _columns.Add(values);
        }

        public void SortBuckets()
        {
            double[] bounds = [.. _bounds];
            _order = new int[bounds.Length];
            for (int index = 0; index < bounds.Length; index++)
            {
                _order[index] = index;
            }

            Array.Sort(bounds, _order);
        }

        public bool HasBuckets(int step)
        {
            for (int bucket = 0; bucket < Count; bucket++)
            {
                if (!Missing.IsMissing(ValueAt(bucket, step)))
                {
                    return true;
                }
            }

            return false;
        }

        public void Exclude(int step)
        {
            _excluded ??= new bool[stepCount];
            _excluded[step] = true;
        }

        public bool IsExcluded(int step) => _excluded is not null && _excluded[step];

        public double UpperBound(int bucket) => _bounds[_order[bucket]];

        public double ValueAt(int bucket, int step) => _columns[_order[bucket]][step];
    }
}
