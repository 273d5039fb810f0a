using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// What senders said of metric families. Families and the different things said of one are bounded; the newest
/// statement about a family stands last. Thread-safe.
/// </summary>
internal sealed class MetadataStore(int maxFamilies)
{
    private const int MaxPerFamily = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Known>> _families = [];

    /// <summary>Families known.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _families.Count;
            }
        }
    }

    /// <summary>Families refused because there were too many.</summary>
    public long Refused { get; private set; }

    /// <summary>Whether a statement must be written into this segment, because it is new, and taken, or the segment lacks it.</summary>
    public bool NeedsLogging(MetricMetadata metadata, int segment)
    {
        lock (_lock)
        {
            return _families.TryGetValue(metadata.FamilyName, out List<Known>? known)
                ? known.FindIndex(entry => entry.Metadata == metadata && entry.Segment == segment) < 0
                : _families.Count < maxFamilies;
        }
    }

    /// <summary>Takes a statement in; <paramref name="segment"/> is where it was logged.</summary>
    public void Add(MetricMetadata metadata, int segment)
    {
        lock (_lock)
        {
            if (!_families.TryGetValue(metadata.FamilyName, out List<Known>? known))
            {
                if (_families.Count >= maxFamilies)
                {
                    Refused++;
                    return;
                }

                _families[metadata.FamilyName] = known = new List<Known>(1);
            }

            known.RemoveAll(entry => entry.Metadata == metadata);
            if (known.Count == MaxPerFamily)
            {
                known.RemoveAt(0);
            }

            known.Add(new Known(metadata, segment));
        }
    }

    /// <summary>Everything known, or what is known of one family; grouped by family.</summary>
    public List<MetricMetadata> Read(string? family)
    {
        List<MetricMetadata> found = [];
        lock (_lock)
        {
            if (family is null)
            {
                foreach (List<Known> known in _families.Values)
                {
                    known.ForEach(entry => found.Add(entry.Metadata));
                }
            }
            else if (_families.TryGetValue(family, out List<Known>? known))
            {
                known.ForEach(entry => found.Add(entry.Metadata));
            }
        }

        return found;
    }

    private readonly record struct Known(MetricMetadata Metadata, int Segment);
}
