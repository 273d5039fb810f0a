using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Tests.Support;

/// <summary>A fixed table of series, ordered by labels, for tests of the query engine.</summary>
public sealed class MemoryQueryable : IQueryable
{
    private readonly MemorySeries[] _series;

    public MemoryQueryable(IEnumerable<MemorySeries> series)
    {
        _series = [.. series];
        Array.Sort(_series, static (left, right) => left.Labels.CompareTo(right.Labels));
    }

    public static MemoryQueryable Empty { get; } = new([]);

    /// <summary>Called for each series that is about to be decoded, perhaps by several threads: lets a test count or interrupt.</summary>
    public Action<Labels>? Decoding { get; init; }

    /// <summary>Series are decoded while the walk is at them, as in a store that holds none.</summary>
    public bool HoldsNone { get; init; }

    public IQuerier OpenQuerier(long minTimeMs, long maxTimeMs) => new Querier(this, minTimeMs, maxTimeMs);

    private sealed class Querier(MemoryQueryable owner, long minTimeMs, long maxTimeMs) : IQuerier
    {
        public ISeriesSet Select(in SelectHints hints, IReadOnlyList<Matcher> matchers, CancellationToken cancel)
        {
            if (hints.StartMs < minTimeMs || hints.EndMs > maxTimeMs)
            {
                throw new InvalidOperationException(
                    $"a selector wants {hints.StartMs} to {hints.EndMs}, the querier was opened for {minTimeMs} to {maxTimeMs}");
            }

            List<MemorySeries> selected = [];
            foreach (MemorySeries series in owner._series)
            {
                if (MatchesAll(series.Labels, matchers))
                {
                    selected.Add(series);
                }
            }

            return new SeriesSet(selected, hints, owner);
        }

        public void Dispose()
        {
        }

        private static bool MatchesAll(Labels labels, IReadOnlyList<Matcher> matchers)
        {
            foreach (Matcher matcher in matchers)
            {
                if (!matcher.Matches(labels.Get(matcher.Utf8Name.Span)))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private sealed class SeriesSet(List<MemorySeries> series, SelectHints hints, MemoryQueryable owner) : ISeriesSet
    {
        private int _index = -1;

        /// <summary>No more than what is asked for, so that every query shows whether it asks for enough.</summary>
        public Labels Labels => hints.Labels is { } names ? Kept(series[_index].Labels, names) : series[_index].Labels;

        public bool MoveNext() => ++_index < series.Count;

        public void Decode(SampleBuffer samples) => Decode(_index, samples);

        public ISeriesHold? NewHold() => owner.HoldsNone ? null : new SeriesHold(this);

        public void Dispose()
        {
        }

        private static Labels Kept(Labels labels, IReadOnlyList<string> names)
        {
            LabelsBuilder kept = new();
            foreach (string name in names)
            {
                kept.Set(name, labels.GetString(name));
            }

            return kept.Build();
        }

        private void Decode(int index, SampleBuffer samples)
        {
            owner.Decoding?.Invoke(series[index].Labels);
            series[index].Decode(samples, hints.StartMs, hints.EndMs);
        }

        private sealed class SeriesHold(SeriesSet walk) : ISeriesHold
        {
            private readonly List<int> _held = [];

            public void Clear() => _held.Clear();

            public void Add() => _held.Add(walk._index);

            public void Decode(int index, SampleBuffer samples) => walk.Decode(_held[index], samples);
        }
    }
}
