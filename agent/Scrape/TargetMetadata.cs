using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Type, help and unit of a target's families. Written by the target's loop, read by the API and the metadata sender.
/// </summary>
internal sealed class TargetMetadata
{
    private readonly Lock _familiesLock = new();
    private readonly Dictionary<string, Said> _families = new(StringComparer.Ordinal);
    private MetadataPool? _pool;
    private long _bytes;
    private int _round;

    public int Count
    {
        get
        {
            lock (_familiesLock)
            {
                return _families.Count;
            }
        }
    }

    /// <summary>What the texts take in UTF-8, nearly: a character counts as one byte.</summary>
    public long Bytes
    {
        get
        {
            lock (_familiesLock)
            {
                return _bytes;
            }
        }
    }

    public void CopyTo(List<MetricMetadata> target)
    {
        lock (_familiesLock)
        {
            foreach (Said said in _families.Values)
            {
                target.Add(said.Family);
            }
        }
    }

    /// <summary>From now on what is said is kept once for all targets that share the pool.</summary>
    public void ShareBy(MetadataPool pool)
    {
        lock (_familiesLock)
        {
            _pool = pool;
        }
    }

    /// <summary>From now on every family is said again that the target has: see <see cref="ForgetUnsaid"/>.</summary>
    public void ExpectAgain()
    {
        lock (_familiesLock)
        {
            _round++;
        }
    }

    /// <summary>Forgets the families that were not said again.</summary>
    public void ForgetUnsaid()
    {
        lock (_familiesLock)
        {
            foreach ((string name, Said said) in _families)
            {
                if (said.Round != _round)
                {
                    _bytes -= BytesOf(said.Family);
                    _families.Remove(name);
                }
            }
        }
    }

    /// <summary>Takes what a help, type or unit line says; comments are passed over.</summary>
    public void Take<TParser>(ref TParser parser, ExpositionEntry entry, bool isOpenMetrics)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        if (entry == ExpositionEntry.Comment)
        {
            return;
        }

        string family = SeriesLabels.UnescapeHelp(parser.Name, isOpenMetrics: true);
        lock (_familiesLock)
        {
            bool isKnown = _families.TryGetValue(family, out Said before);
            MetricMetadata known = isKnown && before.Round == _round
                ? before.Family
                : new MetricMetadata(family, MetricType.Unknown, "", "");
            MetricMetadata said = entry switch
            {
                ExpositionEntry.Help => known with { Help = SeriesLabels.UnescapeHelp(parser.Text, isOpenMetrics) },
                ExpositionEntry.Type => known with { Type = parser.FamilyType },
                _ => known with { Unit = Encoding.UTF8.GetString(parser.Text) },
            };
            _bytes += BytesOf(said) - (isKnown ? BytesOf(before.Family) : 0);
            said = _pool?.Share(said) ?? said;
            _families[said.FamilyName] = new Said(said, _round);
        }
    }

    private static int BytesOf(MetricMetadata family) => family.FamilyName.Length + family.Help.Length + family.Unit.Length;

    /// <summary>A family, and in which round it was said last.</summary>
    private readonly record struct Said(MetricMetadata Family, int Round);
}
