using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The native histograms of <c>sum</c> and <c>avg</c>: an accumulator for each group and step that has any. Floats in the same
/// group and step, and exponential beside custom buckets, leave no result.
/// </summary>
internal sealed class HistogramAggregation(int stepCount, bool isMean, QueryBudget budget, AggregationNotes notes)
{
    private readonly List<Cell?[]?> _groups = [];

    public void AddGroup() => _groups.Add(null);

    /// <summary>Takes in the histograms of one series.</summary>
    /// <param name="group">Its group.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="histograms">One for each step, or null.</param>
    /// <param name="floats">At which steps the group has a float so far.</param>
    public void Accumulate<TFloats>(int group, Labels labels, ReadOnlySpan<FloatHistogram?> histograms, TFloats floats)
        where TFloats : struct, IFloatPresence
    {
        Cell?[] cells = _groups[group] ??= new Cell?[stepCount];
        for (int step = 0; step < histograms.Length; step++)
        {
            if (histograms[step] is not { } histogram || cells[step] is { IsDone: true })
            {
                continue;
            }

            bool mixed = floats.Has(step);
            if (cells[step] is not { } cell)
            {
                budget.Hold(mixed ? 1 : QueryBudget.SizeOf(histogram));
                cells[step] = cell = mixed ? Cell.Mixed : new Cell(isMean);
            }

            if (!mixed || cell.IsLoaded)
            {
                Add(cell, histogram, labels, mixed);
            }
        }
    }

    /// <summary>The results of a group, where its values become missing; null when it has no histograms.</summary>
    public FloatHistogram?[]? Finish(int group, Span<double> values)
    {
        if (_groups[group] is not { } cells)
        {
            return null;
        }

        FloatHistogram?[] results = new FloatHistogram?[stepCount];
        for (int step = 0; step < results.Length; step++)
        {
            if (cells[step] is not { } cell)
            {
                continue;
            }

            results[step] = Finish(cell, hasFloat: !Missing.IsMissing(values[step]));
            values[step] = Missing.Value;
        }

        _groups[group] = null;
        return results;
    }

    private void Add(Cell cell, FloatHistogram histogram, Labels labels, bool mixed)
    {
        HistogramCombination noticed = cell.Add(histogram);
        if (noticed.HasFlag(HistogramCombination.Incompatible))
        {
            notes.MixedSchemas(labels);
            cell.Close(mixed);
        }

        if (noticed.HasFlag(HistogramCombination.BoundsReconciled))
        {
            notes.BoundsReconciled();
        }
    }

    private FloatHistogram? Finish(Cell cell, bool hasFloat)
    {
        if (cell.IsDone ? cell.WasMixed : hasFloat)
        {
            notes.MixedWithFloats();
            return null;
        }

        if (cell.IsDone)
        {
            return null;
        }

        if (cell.ResetsCollide)
        {
            notes.ResetsCollide();
        }

        return cell.ToHistogram();
    }

    /// <summary>What a group has at a step.</summary>
    private sealed class Cell(bool isMean)
    {
        private readonly HistogramAccumulator? _sum = isMean ? null : new HistogramAccumulator(compensated: true);
        private readonly HistogramMean? _mean = isMean ? new HistogramMean() : null;
        private ResetHints _hints;

        /// <summary>A float was first, so no histogram is looked at any more.</summary>
        public static Cell Mixed { get; } = MakeMixed();

        public bool IsLoaded { get; private set; }

        /// <summary>Nothing more can come of it.</summary>
        public bool IsDone { get; private set; }

        /// <summary>Floats were there before it was done.</summary>
        public bool WasMixed { get; private set; }

        public bool ResetsCollide => _hints.Collision != HistogramCombination.None;

        public HistogramCombination Add(FloatHistogram histogram)
        {
            _hints.See(histogram.CounterResetHint);
            if (IsLoaded)
            {
                return _sum?.Add(histogram) ?? _mean?.Add(histogram) ?? HistogramCombination.None;
            }

            _sum?.Load(histogram);
            _mean?.Load(histogram);
            IsLoaded = true;
            return HistogramCombination.None;
        }

        public void Close(bool mixed)
        {
            IsDone = true;
            WasMixed = mixed;
        }

        public FloatHistogram? ToHistogram() => _sum?.ToHistogram(compact: true) ?? _mean?.ToHistogram(compact: true);

        private static Cell MakeMixed()
        {
            Cell mixed = new(isMean: false);
            mixed.Close(mixed: true);
            return mixed;
        }
    }
}
