using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Scrape;

namespace AmpEdge.Agent.Cost;

/// <summary>Makes reports when they are asked for; one is shown again to everybody who asks within a few seconds.</summary>
internal sealed class CostReporter(ScrapeManager scrapes, SeriesTable series, CostConfig config, TimeProvider time)
{
    /// <summary>A count looks at every label of every series: asking often must not cost much.</summary>
    private static readonly TimeSpan s_reuse = TimeSpan.FromSeconds(5);

    private readonly Lock _reportLock = new();
    private CostReport? _last;

    public CostConfig Config => config;

    public CostReport Current()
    {
        lock (_reportLock)
        {
            DateTimeOffset now = time.GetUtcNow();
            if (_last is null || now - _last.Time > s_reuse || now < _last.Time)
            {
                _last = CostReport.Of(SeriesCensus.Take(scrapes.Snapshot(), series), config.Prices, now);
            }

            return _last;
        }
    }
}
