using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// A view of the database as of one moment: every request is in it as a whole or not at all, however long the query
/// takes. It never waits for appends nor makes them wait. Dispose it, since it keeps memory from being released; one
/// thread at a time. All members throw an <see cref="OperationCanceledException"/> soon after the view's token is
/// cancelled.
/// </summary>
public sealed class DatabaseQuerier : IDisposable
{
    /// <summary>One selector without matchers.</summary>
    private static readonly IReadOnlyList<IReadOnlyList<Matcher>> s_everything = [[]];

    private readonly Head _head;
    private readonly long _sequence;
    private readonly uint _idEnd;

    /// <summary>All blocks, held; null once they are released.</summary>
    private Block[]? _blocks;
    private int _place;

    /// <summary>Ends a selection that takes long, once its caller is gone.</summary>
    private readonly CancellationToken _cancel;

    internal DatabaseQuerier(Head head, BlockSet blocks, CancellationToken cancel)
    {
        _head = head;
        _cancel = cancel;

        // In this order: what leaves the head behind this sequence is in a block of the set that is read next.
        _place = head.Retirement.Enter(out _sequence, out _idEnd);
        _blocks = blocks.Hold();
    }

    /// <summary>The series that meet every matcher and may have samples between the times, both inclusive, ms.</summary>
    public SelectedSeries Select(IReadOnlyList<Matcher> matchers, long minTimeMs, long maxTimeMs) =>
        Select(matchers, minTimeMs, maxTimeMs, sorted: false);

    /// <summary>The same in the order of labels, at the price of sorting them.</summary>
    public SelectedSeries SelectSorted(IReadOnlyList<Matcher> matchers, long minTimeMs, long maxTimeMs) =>
        Select(matchers, minTimeMs, maxTimeMs, sorted: true);

    private SelectedSeries Select(IReadOnlyList<Matcher> matchers, long minTimeMs, long maxTimeMs, bool sorted)
    {
        ObjectDisposedException.ThrowIf(_place < 0, this);
        uint[] ids = new PostingsSearch<HeadPostings>(new HeadPostings(_head.Index), _cancel).Find(matchers);
        HeadSelection head = InHead(sorted ? LabelOrder.Sort(_head, ids) : ids, minTimeMs, maxTimeMs);
        List<SelectedBlockSeries> walks = [];
        foreach (Block block in BlocksBetween(minTimeMs, maxTimeMs))
        {
            walks.Add(block.Select(matchers, minTimeMs, maxTimeMs, _cancel));
        }

        return new SelectedSeries(head, walks.Count == 0 ? null : new BlockSeriesMerge([.. walks]), sorted);
    }

    private HeadSelection InHead(uint[] ids, long minTimeMs, long maxTimeMs) =>
        new(_head, ids, _sequence, minTimeMs, maxTimeMs, _cancel);

    /// <summary>The label sets of the series that <see cref="Select"/> finds, sorted; at most <paramref name="limit"/>.</summary>
    public List<Labels> Series(IReadOnlyList<Matcher> matchers, long minTimeMs, long maxTimeMs, int limit = int.MaxValue)
    {
        List<Labels> found = [];
        SelectedSeries series = Select(matchers, minTimeMs, maxTimeMs);
        while (found.Count < limit && series.MoveNext())
        {
            found.Add(series.Labels);
        }

        found.Sort();
        return found;
    }

    /// <summary>
    /// The names of all labels; with selectors those of the series that meet all matchers of any one of them and may have samples
    /// between the times. Without matchers the index answers, for all times that the database holds, as in Prometheus.
    /// </summary>
    public SortedTexts LabelNames(IReadOnlyList<IReadOnlyList<Matcher>> selectors, long minTimeMs, long maxTimeMs)
    {
        ObjectDisposedException.ThrowIf(_place < 0, this);
        LabelCensus found = NewCensus();
        foreach (IReadOnlyList<Matcher> matchers in selectors.Count == 0 ? s_everything : selectors)
        {
            _cancel.ThrowIfCancellationRequested();
            if (matchers.Count == 0)
            {
                FindNames(minTimeMs, maxTimeMs, found.Texts);
                continue;
            }

            SearchInHead(matchers, minTimeMs, maxTimeMs).FindNames(found);
            foreach (Block block in BlocksBetween(minTimeMs, maxTimeMs))
            {
                block.SearchLabels(matchers, minTimeMs, maxTimeMs, _cancel).FindNames(found);
            }
        }

        return new SortedTexts(found.Texts);
    }

    /// <summary>The values of one label; selectors and times as for <see cref="LabelNames"/>.</summary>
    public SortedTexts LabelValues(
        string name, IReadOnlyList<IReadOnlyList<Matcher>> selectors, long minTimeMs, long maxTimeMs)
    {
        ObjectDisposedException.ThrowIf(_place < 0, this);
        byte[] utf8Name = Encoding.UTF8.GetBytes(name);
        LabelCensus found = NewCensus();
        foreach (IReadOnlyList<Matcher> matchers in selectors.Count == 0 ? s_everything : selectors)
        {
            _cancel.ThrowIfCancellationRequested();
            if (matchers.Count == 0)
            {
                FindValues(utf8Name, minTimeMs, maxTimeMs, found.Texts);
                continue;
            }

            SearchInHead(matchers, minTimeMs, maxTimeMs).FindValues(utf8Name, found);
            foreach (Block block in BlocksBetween(minTimeMs, maxTimeMs))
            {
                block.SearchLabels(matchers, minTimeMs, maxTimeMs, _cancel).FindValues(utf8Name, found);
            }
        }

        return new SortedTexts(found.Texts);
    }

    /// <summary>What senders said of one metric family, or of all; several statements where senders disagree.</summary>
    public List<MetricMetadata> Metadata(string? family = null) => _head.Metadata.Read(family);

    /// <summary>
    /// The exemplars between two times, both inclusive, of the series that meet all matchers of any one list: ordered by
    /// series, then by time.
    /// </summary>
    public List<SeriesExemplars> Exemplars(IReadOnlyList<IReadOnlyList<Matcher>> selectors, long minTimeMs, long maxTimeMs) =>
        _head.Exemplars.Find(selectors, minTimeMs, maxTimeMs, _cancel);

    public void Dispose()
    {
        if (_place >= 0)
        {
            _head.Retirement.Leave(_place);
            _place = -1;
            foreach (Block block in _blocks ?? [])
            {
                block.Release();
            }

            _blocks = null;
        }
    }

    private LabelSearch<HeadPostings, HeadSelection> SearchInHead(IReadOnlyList<Matcher> matchers, long minTimeMs, long maxTimeMs) =>
        new(new HeadPostings(_head.Index), matchers, InHead([], minTimeMs, maxTimeMs), _cancel);

    private LabelCensus NewCensus() => new(new TextSet(_head.Index.HashSeed));

    private void FindNames(long minTimeMs, long maxTimeMs, TextSet found)
    {
        if (Overlaps(minTimeMs, maxTimeMs))
        {
            FindNamesInHead(found);
        }

        foreach (Block block in BlocksBetween(minTimeMs, maxTimeMs))
        {
            block.FindNames(found);
        }
    }

    private void FindValues(byte[] utf8Name, long minTimeMs, long maxTimeMs, TextSet found)
    {
        if (Overlaps(minTimeMs, maxTimeMs))
        {
            FindValuesInHead(utf8Name, found);
        }

        foreach (Block block in BlocksBetween(minTimeMs, maxTimeMs))
        {
            block.FindValues(utf8Name, found, _cancel);
        }
    }

    private IEnumerable<Block> BlocksBetween(long minTimeMs, long maxTimeMs)
    {
        foreach (Block block in _blocks ?? [])
        {
            if (block.Meta.MinTimeMs <= maxTimeMs && block.Meta.MaxTimeMs > minTimeMs)
            {
                yield return block;
            }
        }
    }

    private bool Overlaps(long minTimeMs, long maxTimeMs) =>
        _head.MinTimeMs <= maxTimeMs && _head.MaxTimeMs >= minTimeMs;

    /// <summary>Whether a value had a series at the moment of this view: ids rise, so the first one tells.</summary>
    private bool IsVisible(ref readonly ValueEntry entry)
    {
        uint single = 0;
        ReadOnlySpan<uint> ids = _head.Index.Lists.Ids(Volatile.Read(in entry.Postings), new Span<uint>(ref single));
        return !ids.IsEmpty && ids[0] < _idEnd;
    }

    private void FindNamesInHead(TextSet found)
    {
        foreach (LabelValues values in _head.Index.Names)
        {
            _cancel.ThrowIfCancellationRequested();
            ValueTable table = values.Read();
            int count = table.Count;
            for (int index = 0; index < count; index++)
            {
                if (IsVisible(in table.Entries[index]))
                {
                    found.Add(values.Name);
                    break;
                }
            }
        }
    }

    private void FindValuesInHead(byte[] utf8Name, TextSet found)
    {
        if (!_head.Index.TryGetName(utf8Name, out LabelValues? values))
        {
            return;
        }

        // The head has none twice: as long as no other part was asked, none needs to be looked for.
        bool isFirst = found.Count == 0;
        ValueTable table = values.Read();
        int count = table.Count;
        for (int index = 0; index < count; index++)
        {
            _cancel.ThrowIfCancellationRequested();
            ref ValueEntry entry = ref table.Entries[index];
            if (IsVisible(in entry))
            {
                found.Add(values.BytesOf(in entry), isNew: isFirst);
            }
        }
    }
}
