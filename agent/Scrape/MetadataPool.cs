using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>What the targets of a job say of their families, kept once where they say the same. Thread-safe.</summary>
/// <remarks>MemoryPerLine: types and help texts took more than the lines themselves while each target had its own.</remarks>
internal sealed class MetadataPool
{
    /// <summary>Families that differ by target must not pile up; then some are kept twice.</summary>
    private const int MaxKnown = 20_000;

    private readonly Lock _knownLock = new();
    private readonly Dictionary<MetricMetadata, MetricMetadata> _known = [];

    /// <summary>An object equal to this one, the same for all targets.</summary>
    public MetricMetadata Share(MetricMetadata family)
    {
        lock (_knownLock)
        {
            if (_known.TryGetValue(family, out MetricMetadata? known))
            {
                return known;
            }

            if (_known.Count >= MaxKnown)
            {
                _known.Clear();
            }

            _known.Add(family, family);
            return family;
        }
    }
}
