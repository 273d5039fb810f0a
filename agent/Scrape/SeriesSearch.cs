using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Reads a page only to find series of it, as the target wrote them: for people who look for one. What scrapes remember
/// are hashes, so the target is asked.
/// </summary>
internal sealed class SeriesSearch : ISampleStore
{
    private readonly string _part;
    private readonly int _limit;
    private readonly ScrapeCache _cache;
    private readonly SampleBatch _batch = new();
    private readonly List<string> _found = [];
    private bool _hasBegun;
    private uint _lastRef;

    /// <param name="part">What a series must hold; the empty text is in all.</param>
    /// <param name="limit">How many are wanted at most.</param>
    public SeriesSearch(string part, int limit)
    {
        _part = part;
        _limit = limit;
        SampleLabels labels = new(Labels.Empty, honorLabels: true, utf8Names: true, [], new ScrapeLimits());
        _cache = new ScrapeCache(this, labels, new TargetMetadata(), new ScrapeCacheOptions());
    }

    /// <summary>The series found so far.</summary>
    public IReadOnlyList<string> Found => _found;

    /// <summary>Looks through a part of the page; false when enough was found, or when the page is bad.</summary>
    public bool TakePart(TargetPage page)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            _cache.Begin(page.Format, 0, _batch);
        }

        page.Discard(_cache.ReadPart(page.Part, page.IsLast));
        _batch.Clear();
        return !_cache.HasFailed && _found.Count < _limit;
    }

    public SeriesRef Acquire(Labels labels, out bool isFirst)
    {
        isFirst = true;
        string text = labels.ToString();
        if (_found.Count < _limit && text.Contains(_part, StringComparison.Ordinal))
        {
            _found.Add(text);
        }

        return new SeriesRef(++_lastRef);
    }

    public void Release(SeriesRef series)
    {
    }

    public bool Append(SampleBatch batch) => true;
}
