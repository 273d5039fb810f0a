using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The newest exemplars of all series in a ring: at its bound the oldest one goes, whoever's it is. Those of one series
/// are linked in the order in which they came, which is that of time. Thread-safe.
/// </summary>
/// <param name="capacity">The most that are held; 0 keeps none.</param>
internal sealed class ExemplarStore(int capacity)
{
    /// <summary>Characters of names and values together, the bound of the OpenMetrics specification.</summary>
    public const int MaxLabelCharacters = 128;

    private const int None = -1;
    private const int FirstSlots = 64;

    private readonly Lock _lock = new();
    private readonly int _capacity = capacity;
    private readonly Dictionary<Labels, Chain> _bySeries = [];
    private Slot[] _slots = [];
    private int _next;
    private int _count;
    private long _appended;
    private long _outOfOrder;

    /// <summary>Exemplars held.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Series that have some.</summary>
    public int SeriesCount
    {
        get
        {
            lock (_lock)
            {
                return _bySeries.Count;
            }
        }
    }

    public int Capacity => _capacity;

    public long Appended => Interlocked.Read(ref _appended);

    /// <summary>Exemplars refused for being older than the newest of their series.</summary>
    public long OutOfOrder => Interlocked.Read(ref _outOfOrder);

    /// <summary>The time of the oldest one, ms; <see cref="long.MaxValue"/> without any.</summary>
    public long OldestTimeMs
    {
        get
        {
            lock (_lock)
            {
                return _count == 0 ? long.MaxValue : _slots[_count == _capacity ? _next : 0].TimestampMs;
            }
        }
    }

    /// <summary>Takes the exemplars of a committed request in, all at once for those who read.</summary>
    public void Add(PendingRequest request, Head head)
    {
        if (request.Exemplars.IsEmpty || _capacity == 0)
        {
            return;
        }

        lock (_lock)
        {
            foreach (ref readonly PendingExemplar exemplar in request.Exemplars)
            {
                Add(
                    head.LabelsOf(exemplar.Series), exemplar.TimestampMs, exemplar.Value,
                    RawLabels.ToLabels(request.LabelsOf(in exemplar)));
            }
        }
    }

    /// <summary>
    /// What would become of an exemplar: Appended, <see cref="AppendOutcome.DuplicateSample"/> for the newest one of the
    /// series again, or OutOfOrder.
    /// </summary>
    public AppendOutcome Check(Labels series, long timestampMs, double value, Labels labels)
    {
        lock (_lock)
        {
            return _bySeries.TryGetValue(series, out Chain chain)
                ? Check(in _slots[chain.Newest], timestampMs, value, labels)
                : AppendOutcome.Appended;
        }
    }

    /// <summary>
    /// The exemplars between two times, both inclusive, of the series that meet all matchers of any one list: ordered by
    /// series, then by time.
    /// </summary>
    public List<SeriesExemplars> Find(
        IReadOnlyList<IReadOnlyList<Matcher>> selectors, long minTimeMs, long maxTimeMs, CancellationToken cancel)
    {
        List<SeriesExemplars> found = [];
        lock (_lock)
        {
            foreach ((Labels series, Chain chain) in _bySeries)
            {
                cancel.ThrowIfCancellationRequested();
                bool overlaps = _slots[chain.Newest].TimestampMs >= minTimeMs && _slots[chain.Oldest].TimestampMs <= maxTimeMs;
                if (overlaps && MeetsAny(selectors, series) && Read(chain, minTimeMs, maxTimeMs) is { Count: > 0 } exemplars)
                {
                    found.Add(new SeriesExemplars(series, exemplars));
                }
            }
        }

        found.Sort(static (one, other) => one.Series.CompareTo(other.Series));
        return found;
    }

    /// <summary>Appends all exemplars, oldest first, for a snapshot.</summary>
    public void WriteTo(ByteBuffer payload)
    {
        lock (_lock)
        {
            int first = _count == _capacity ? _next : 0;
            for (int index = 0; index < _count; index++)
            {
                ref readonly Slot slot = ref _slots[(first + index) % _slots.Length];
                payload.AppendLengthPrefixed(slot.Series.Blob);
                payload.AppendVarint(slot.TimestampMs);
                HistogramBody.WriteNumber(payload, slot.Value);
                payload.AppendLengthPrefixed(slot.Labels.Blob);
            }
        }
    }

    /// <summary>Takes back what <see cref="WriteTo"/> wrote.</summary>
    public void Restore(ReadOnlySpan<byte> payload)
    {
        SpanReader reader = new(payload);
        lock (_lock)
        {
            while (!reader.AtEnd && _capacity > 0)
            {
                Labels series = Labels.FromBlob(reader.ReadLengthPrefixed());
                long timestampMs = reader.ReadVarint();
                double value = HistogramBody.ReadNumber(ref reader);
                Labels labels = Labels.FromBlob(reader.ReadLengthPrefixed());
                Invariant.Require(!reader.Truncated, "an exemplar of a whole snapshot cannot be read");
                Add(series, timestampMs, value, labels);
            }
        }
    }

    private static AppendOutcome Check(in Slot newest, long timestampMs, double value, Labels labels)
    {
        if (timestampMs == newest.TimestampMs && value.Equals(newest.Value) && labels == newest.Labels)
        {
            return AppendOutcome.DuplicateSample;
        }

        bool isEarlier = timestampMs < newest.TimestampMs || (timestampMs == newest.TimestampMs && value < newest.Value);
        return isEarlier ? AppendOutcome.OutOfOrder : AppendOutcome.Appended;
    }

    private static bool MeetsAny(IReadOnlyList<IReadOnlyList<Matcher>> selectors, Labels series)
    {
        foreach (IReadOnlyList<Matcher> matchers in selectors)
        {
            bool meets = true;
            foreach (Matcher matcher in matchers)
            {
                meets &= matcher.Matches(series);
            }

            if (meets)
            {
                return true;
            }
        }

        return false;
    }

    private void Add(Labels series, long timestampMs, double value, Labels labels)
    {
        bool isKnown = _bySeries.TryGetValue(series, out Chain chain);
        AppendOutcome outcome = isKnown
            ? Check(in _slots[chain.Newest], timestampMs, value, labels)
            : AppendOutcome.Appended;
        if (outcome != AppendOutcome.Appended)
        {
            _outOfOrder += outcome == AppendOutcome.OutOfOrder ? 1 : 0;
            return;
        }

        MakeRoom();
        // The oldest exemplar, which went, may have been the only one of this very series.
        isKnown = _bySeries.TryGetValue(series, out chain);
        if (isKnown)
        {
            _slots[chain.Newest].NextOfSeries = _next;
        }

        _slots[_next] = new Slot(series, timestampMs, value, labels) { NextOfSeries = None };
        _bySeries[series] = new Chain(isKnown ? chain.Oldest : _next, _next);
        _next = _next + 1 == _capacity ? 0 : _next + 1;
        Volatile.Write(ref _count, Math.Min(_count + 1, _capacity));
        _appended++;
    }

    private void MakeRoom()
    {
        if (_count < _capacity)
        {
            if (_next == _slots.Length)
            {
                Array.Resize(ref _slots, (int)Math.Min(_capacity, Math.Max(FirstSlots, _slots.Length * 2L)));
            }

            return;
        }

        ref readonly Slot oldest = ref _slots[_next];
        if (oldest.NextOfSeries == None)
        {
            _bySeries.Remove(oldest.Series);
        }
        else
        {
            _bySeries[oldest.Series] = _bySeries[oldest.Series] with { Oldest = oldest.NextOfSeries };
        }
    }

    private List<Exemplar> Read(Chain chain, long minTimeMs, long maxTimeMs)
    {
        List<Exemplar> exemplars = [];
        for (int place = chain.Oldest; place != None; place = _slots[place].NextOfSeries)
        {
            ref readonly Slot slot = ref _slots[place];
            if (slot.TimestampMs >= minTimeMs && slot.TimestampMs <= maxTimeMs)
            {
                exemplars.Add(new Exemplar(slot.TimestampMs, slot.Value, slot.Labels));
            }
        }

        return exemplars;
    }

    /// <summary>Where the exemplars of a series begin and end in the ring.</summary>
    private readonly record struct Chain(int Oldest, int Newest);

    private record struct Slot(Labels Series, long TimestampMs, double Value, Labels Labels)
    {
        /// <summary>The next newer exemplar of the series, or none.</summary>
        public int NextOfSeries { get; set; }
    }
}
