using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Type, help and unit of a target's families. Written by the target's loop, read by the API and the metadata sender.
/// </summary>
internal sealed class TargetMetadata
{
    private readonly Lock _familiesLock = new();
    private readonly Dictionary<string, MetricMetadata> _families = new(StringComparer.Ordinal);
    private MetadataPool? _pool;
    private long _bytes;

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
            target.AddRange(_families.Values);
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
            MetricMetadata known = _families.GetValueOrDefault(family)
                ?? new MetricMetadata(family, MetricType.Unknown, "", "");
            MetricMetadata said = entry switch
            {
                ExpositionEntry.Help => known with { Help = SeriesLabels.UnescapeHelp(parser.Text, isOpenMetrics) },
                ExpositionEntry.Type => known with { Type = parser.FamilyType },
                _ => known with { Unit = Encoding.UTF8.GetString(parser.Text) },
            };
            _bytes += BytesOf(said) - (_families.ContainsKey(family) ? BytesOf(known) : 0);
            said = _pool?.Share(said) ?? said;
            _families[said.FamilyName] = said;
        }
    }

    private static int BytesOf(MetricMetadata family) => family.FamilyName.Length + family.Help.Length + family.Unit.Length;
}
