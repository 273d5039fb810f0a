using System.Collections.Immutable;
using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The buckets of one side of a native histogram that others are added to: by ascending index, each with what rounding has
/// lost so far. The arrays are reused, so adding a histogram with buckets that are all known allocates nothing.
/// </summary>
internal sealed class BucketSum
{
    private int[] _indexes = [];
    private double[] _counts = [];
    private double[] _lost = [];

    /// <summary>Where buckets are merged into; swapped with the ones above.</summary>
    private int[] _spareIndexes = [];
    private double[] _spareCounts = [];
    private double[] _spareLost = [];

    private int _length;

    public ReadOnlySpan<double> Counts => _counts.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void CopyFrom(BucketSum other)
    {
        Reserve(other._length);
        other._indexes.AsSpan(0, other._length).CopyTo(_indexes);
        other._counts.AsSpan(0, other._length).CopyTo(_counts);
        other._lost.AsSpan(0, other._length).CopyTo(_lost);
        _length = other._length;
    }

    /// <summary>Takes over buckets as they are.</summary>
    public void Load(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts)
    {
        Reserve(counts.Length);
        _length = 0;
        BucketCursor buckets = new(spans, counts, BucketMap.Same);
        while (buckets.MoveNext())
        {
            _indexes[_length] = buckets.Index;
            _counts[_length] = buckets.Count;
            _lost[_length++] = 0;
        }
    }

    /// <summary>Adds buckets, each multiplied by a factor, to the ones that they belong to.</summary>
    /// <param name="spans">Where the buckets lie.</param>
    /// <param name="counts">What they hold.</param>
    /// <param name="skipped">How many of the first ones are left out.</param>
    /// <param name="map">Which bucket here takes in each of them.</param>
    /// <param name="factor">1 or -1.</param>
    /// <param name="compensated">Whether what rounding loses is kept.</param>
    public void Add(
        ReadOnlySpan<HistogramSpan> spans,
        ReadOnlySpan<double> counts,
        int skipped,
        BucketMap map,
        double factor,
        bool compensated)
    {
        MakeRoomFor(spans, counts, skipped, map);
        BucketCursor buckets = new(spans, counts, BucketMap.Same);
        int place = 0;
        while (buckets.MoveNext())
        {
            if (buckets.Position <= skipped)
            {
                continue;
            }

            int target = map.Target(buckets.Index);
            while (_indexes[place] < target)
            {
                place++;
            }

            AddAt(place, factor * buckets.Count, compensated);
        }
    }

    /// <summary>Moves every bucket to where it belongs in a coarser layout.</summary>
    public void Remap(BucketMap map, bool compensated)
    {
        int kept = -1;
        for (int from = 0; from < _length; from++)
        {
            int target = map.Target(_indexes[from]);
            if (kept >= 0 && _indexes[kept] == target)
            {
                AddAt(kept, _counts[from], compensated);
                AddAt(kept, _lost[from], compensated);
                continue;
            }

            kept++;
            _indexes[kept] = target;
            _counts[kept] = _counts[from];
            _lost[kept] = _lost[from];
        }

        _length = kept + 1;
    }

    /// <summary>Takes out the buckets that lie inside a threshold, which are added to the zero bucket.</summary>
    /// <param name="schema">What the indexes mean.</param>
    /// <param name="threshold">How far the zero bucket reaches.</param>
    /// <param name="zeroCount">What it holds.</param>
    /// <param name="lost">What rounding loses of that.</param>
    /// <param name="compensated">Whether that is kept.</param>
    public void TakeInside(int schema, double threshold, ref double zeroCount, ref double lost, bool compensated)
    {
        int taken = 0;
        while (taken < _length && HistogramBounds.Of(schema, _indexes[taken], default) <= threshold)
        {
            HistogramAccumulator.Accumulate(_counts[taken], ref zeroCount, ref lost, compensated);
            HistogramAccumulator.Accumulate(_lost[taken], ref zeroCount, ref lost, compensated);
            taken++;
        }

        _length -= taken;
        _indexes.AsSpan(taken, _length).CopyTo(_indexes);
        _counts.AsSpan(taken, _length).CopyTo(_counts);
        _lost.AsSpan(taken, _length).CopyTo(_lost);
    }

    public void Multiply(double factor)
    {
        for (int place = 0; place < _length; place++)
        {
            _counts[place] *= factor;
            _lost[place] *= factor;
        }
    }

    public void Divide(double divisor)
    {
        for (int place = 0; place < _length; place++)
        {
            _counts[place] /= divisor;
            _lost[place] /= divisor;
        }
    }

    /// <summary>The bucket with observations that a threshold cuts through, if there is one.</summary>
    public bool TryFindCut(int schema, double threshold, out int index)
    {
        for (int place = 0; place < _length; place++)
        {
            if (_counts[place] != 0 && ZeroBucket.IsCut(schema, _indexes[place], threshold))
            {
                index = _indexes[place];
                return true;
            }
        }

        index = 0;
        return false;
    }

    /// <summary>The sums as a histogram has them.</summary>
    /// <param name="compact">Whether buckets without observations are left out.</param>
    /// <param name="spans">Where the buckets lie.</param>
    public ImmutableArray<double> ToBuckets(bool compact, out ImmutableArray<HistogramSpan> spans)
    {
        double[] counts = new double[_length];
        ImmutableArray<HistogramSpan>.Builder runs = ImmutableArray.CreateBuilder<HistogramSpan>();
        int kept = 0;
        int next = 0;
        for (int place = 0; place < _length; place++)
        {
            double count = _counts[place] + _lost[place];
            if (compact && count == 0)
            {
                continue;
            }

            counts[kept++] = count;
            int index = _indexes[place];
            if (runs.Count > 0 && index == next)
            {
                runs[^1] = runs[^1] with { Length = runs[^1].Length + 1 };
            }
            else
            {
                runs.Add(new HistogramSpan(index - next, 1));
            }

            next = index + 1;
        }

        spans = runs.DrainToImmutable();
        return kept == counts.Length
            ? ImmutableCollectionsMarshal.AsImmutableArray(counts)
            : [.. counts.AsSpan(0, kept)];
    }

    private void AddAt(int place, double count, bool compensated) =>
        HistogramAccumulator.Accumulate(count, ref _counts[place], ref _lost[place], compensated);

    /// <summary>Puts in empty buckets for all that are to come and are not there.</summary>
    private void MakeRoomFor(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts, int skipped, BucketMap map)
    {
        int missing = CountMissing(spans, counts, skipped, map);
        if (missing == 0)
        {
            return;
        }

        int needed = _length + missing;
        if (_spareIndexes.Length < needed)
        {
            _spareIndexes = new int[needed];
            _spareCounts = new double[needed];
            _spareLost = new double[needed];
        }

        BucketCursor buckets = new(spans, counts, BucketMap.Same);
        int from = 0;
        int to = 0;
        while (buckets.MoveNext())
        {
            int target = map.Target(buckets.Index);
            if (buckets.Position <= skipped || (to > 0 && _spareIndexes[to - 1] == target))
            {
                continue;
            }

            while (from < _length && _indexes[from] <= target)
            {
                Move(from++, to++);
            }

            if (to == 0 || _spareIndexes[to - 1] != target)
            {
                (_spareIndexes[to], _spareCounts[to], _spareLost[to]) = (target, 0, 0);
                to++;
            }
        }

        while (from < _length)
        {
            Move(from++, to++);
        }

        (_indexes, _spareIndexes) = (_spareIndexes, _indexes);
        (_counts, _spareCounts) = (_spareCounts, _counts);
        (_lost, _spareLost) = (_spareLost, _lost);
        _length = to;
    }

    private int CountMissing(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts, int skipped, BucketMap map)
    {
        BucketCursor buckets = new(spans, counts, BucketMap.Same);
        int place = 0;
        int missing = 0;
        while (buckets.MoveNext())
        {
            if (buckets.Position <= skipped)
            {
                continue;
            }

            int target = map.Target(buckets.Index);
            while (place < _length && _indexes[place] < target)
            {
                place++;
            }

            missing += place == _length || _indexes[place] != target ? 1 : 0;
        }

        return missing;
    }

    private void Move(int from, int to)
    {
        _spareIndexes[to] = _indexes[from];
        _spareCounts[to] = _counts[from];
        _spareLost[to] = _lost[from];
    }

    private void Reserve(int length)
    {
        if (_indexes.Length < length)
        {
            _indexes = new int[length];
            _counts = new double[length];
            _lost = new double[length];
        }
    }
}
