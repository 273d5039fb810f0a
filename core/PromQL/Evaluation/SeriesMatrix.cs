using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Rows of a vector over all steps, held in memory: labels, a flag and a column each.</summary>
internal sealed class SeriesMatrix(int stepCount)
{
    private readonly ColumnSlab _columns = new(stepCount);
    private readonly List<Labels> _labels = [];
    private readonly List<bool> _dropNames = [];

    /// <summary>Native histograms by row; null while there was none.</summary>
    private Dictionary<int, FloatHistogram?[]>? _histograms;

    public int Count => _labels.Count;

    public int StepCount { get; } = stepCount;

    /// <summary>See <see cref="SeriesStream.NamesVary"/>.</summary>
    public bool NamesVary { get; set; }

    /// <summary>All rows of a stream, copied.</summary>
    public static SeriesMatrix From(SeriesStream stream, int stepCount)
    {
        SeriesMatrix matrix = new(stepCount) { NamesVary = stream.NamesVary };
        while (stream.MoveNext())
        {
            matrix.Add(stream.Labels, stream.DropName, stream.Values, stream.Histograms);
        }

        return matrix;
    }

    public Labels Labels(int row) => _labels[row];

    public bool DropName(int row) => _dropNames[row];

    public Span<double> Values(int row) => _columns[row];

    /// <summary>The column as memory, once no row is added any more.</summary>
    public Memory<double> Memory(int row) => _columns.Memory(row);

    /// <summary>The native histograms of a row, null at the other steps; null when it has none.</summary>
    public FloatHistogram?[]? Histograms(int row) => _histograms?.GetValueOrDefault(row);

    /// <summary>Adds native histograms to a row; false when one of them meets a value that is there.</summary>
    public bool TryAddHistograms(int row, ReadOnlySpan<FloatHistogram?> histograms)
    {
        if (!histograms.ContainsAnyExcept((FloatHistogram?)null))
        {
            return true;
        }

        _histograms ??= [];
        if (!_histograms.TryGetValue(row, out FloatHistogram?[]? held))
        {
            _histograms[row] = held = new FloatHistogram?[StepCount];
        }

        for (int step = 0; step < histograms.Length; step++)
        {
            if (histograms[step] is { } histogram)
            {
                if (held[step] is not null || !Missing.IsMissing(Values(row)[step]))
                {
                    return false;
                }

                held[step] = histogram;
            }
        }

        return true;
    }

    /// <summary>Makes what a row has at a step missing.</summary>
    public void Remove(int row, int step)
    {
        Values(row)[step] = Missing.Value;
        if (_histograms is not null && Histograms(row) is { } histograms)
        {
            histograms[step] = null;
        }
    }

    public void SetDropName(int row) => _dropNames[row] = true;

    /// <summary>Whether a row has a value or a native histogram at a step.</summary>
    public bool IsPresent(int row, int step) =>
        !Missing.IsMissing(Values(row)[step]) || (_histograms is not null && Histograms(row)?[step] is not null);

    public void Add(
        Labels labels, bool dropName, ReadOnlySpan<double> values, ReadOnlySpan<FloatHistogram?> histograms = default)
    {
        _labels.Add(labels);
        _dropNames.Add(dropName);
        _columns.Add(values);
        if (!histograms.IsEmpty)
        {
            SetHistograms(Count - 1, histograms.ToArray());
        }
    }

    /// <summary>Gives a row native histograms, where its values are missing. The matrix keeps the column.</summary>
    public void SetHistograms(int row, FloatHistogram?[] histograms)
    {
        _histograms ??= [];
        _histograms[row] = histograms;
    }

    /// <summary>Adds a row of missing values and returns its column.</summary>
    public Span<double> AddMissing(Labels labels, bool dropName)
    {
        _labels.Add(labels);
        _dropNames.Add(dropName);
        return _columns.Add(Missing.Value);
    }

    public SeriesStream ToStream() => new MatrixStream(this);
}
