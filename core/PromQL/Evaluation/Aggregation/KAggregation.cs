namespace AmpEdge.PromQL;

/// <summary>
/// <c>topk</c>, <c>bottomk</c> and <c>limitk</c>: at each step, which series of each group stay. The series themselves
/// stay as they are, with the other steps missing.
/// </summary>
internal sealed class KAggregation
{
    private readonly SeriesMatrix _rows;
    private readonly int[] _groups;
    private readonly bool[] _kept;
    private readonly List<int>[] _heaps;
    private readonly KSelection _selection;
    private readonly AggregationNotes _notes;

    /// <param name="rows">The series, which the result is written into.</param>
    /// <param name="groups">The group of each row.</param>
    /// <param name="groupCount">How many groups there are.</param>
    /// <param name="selection">Which rows are wanted.</param>
    /// <param name="notes">Where it is said that native histograms have no order.</param>
    public KAggregation(SeriesMatrix rows, int[] groups, int groupCount, KSelection selection, AggregationNotes notes)
    {
        _rows = rows;
        _notes = notes;
        _groups = groups;
        _selection = selection;
        _kept = new bool[rows.Count];
        _heaps = new List<int>[groupCount];
        for (int group = 0; group < groupCount; group++)
        {
            _heaps[group] = [];
        }
    }

    /// <summary>Keeps the values of the best <paramref name="counts"/> rows of each group at every step.</summary>
    public void SelectAll(ScalarColumn counts)
    {
        for (int step = 0; step < _rows.StepCount; step++)
        {
            Select(step, counts.Values[step]);
            Array.Clear(_kept);
            foreach (List<int> heap in _heaps)
            {
                foreach (int row in heap)
                {
                    _kept[row] = true;
                }
            }

            for (int row = 0; row < _rows.Count; row++)
            {
                if (!_kept[row])
                {
                    _rows.Remove(row, step);
                }
            }
        }
    }

    /// <summary>The rows kept at the only step of an instant query: group by group, the best first.</summary>
    public IEnumerable<int> SelectInOrder(double count)
    {
        Select(0, count);
        foreach (List<int> heap in _heaps)
        {
            if (_selection != KSelection.Any)
            {
                heap.Sort(CompareForDisplay);
            }

            foreach (int row in heap)
            {
                yield return row;
            }
        }
    }

    /// <summary>Fills each group's heap, whose root is the row that a better one replaces.</summary>
    private void Select(int step, double wanted)
    {
        long count = wanted >= 1 ? (long)wanted : 0;
        foreach (List<int> heap in _heaps)
        {
            heap.Clear();
        }

        for (int row = 0; row < _groups.Length && count > 0; row++)
        {
            if (Missing.IsMissing(_rows.Values(row)[step]) && !IsHistogramWanted(row, step))
            {
                continue;
            }

            List<int> heap = _heaps[_groups[row]];
            if (heap.Count < count)
            {
                heap.Add(row);
                SiftUp(heap, step);
            }
            else if (_selection != KSelection.Any && Replaces(row, heap[0], step))
            {
                heap[0] = row;
                SiftDown(heap, step);
            }
        }
    }

    /// <summary>Any sample does for <c>limitk</c>; the others need an order.</summary>
    private bool IsHistogramWanted(int row, int step)
    {
        if (!_rows.IsPresent(row, step))
        {
            return false;
        }

        if (_selection != KSelection.Any)
        {
            _notes.HistogramIgnored();
        }

        return _selection == KSelection.Any;
    }

    /// <summary>
    /// The first row is replaced before the second one. Any NaN is, so of several the last to come goes first,
    /// as in Prometheus; equal numbers stay as they came.
    /// </summary>
    private bool IsWorse(int first, int second, int step)
    {
        double firstValue = _rows.Values(first)[step];
        double secondValue = _rows.Values(second)[step];
        return double.IsNaN(firstValue)
            || (_selection == KSelection.Smallest ? firstValue > secondValue : firstValue < secondValue);
    }

    /// <summary>A row that comes when the heap is full takes the root's place only if it is better.</summary>
    private bool Replaces(int row, int root, int step)
    {
        bool rowIsNaN = double.IsNaN(_rows.Values(row)[step]);
        return !rowIsNaN && IsWorse(root, row, step);
    }

    /// <summary>The best first; NaN last.</summary>
    private int CompareForDisplay(int left, int right)
    {
        bool leftIsWorse = IsWorse(left, right, step: 0);
        bool rightIsWorse = IsWorse(right, left, step: 0);
        return leftIsWorse == rightIsWorse ? left.CompareTo(right) : leftIsWorse ? 1 : -1;
    }

    private void SiftUp(List<int> heap, int step)
    {
        int child = heap.Count - 1;
        while (_selection != KSelection.Any && child > 0)
        {
            int parent = (child - 1) / 2;
            if (!IsWorse(heap[child], heap[parent], step))
            {
                return;
            }

            (heap[child], heap[parent]) = (heap[parent], heap[child]);
            child = parent;
        }
    }

    private void SiftDown(List<int> heap, int step)
    {
        int parent = 0;
        while (true)
        {
            int child = (2 * parent) + 1;
            if (child >= heap.Count)
            {
                return;
            }

            if (child + 1 < heap.Count && IsWorse(heap[child + 1], heap[child], step))
            {
                child++;
            }

            if (!IsWorse(heap[child], heap[parent], step))
            {
                return;
            }

            (heap[child], heap[parent]) = (heap[parent], heap[child]);
            parent = child;
        }
    }
}
