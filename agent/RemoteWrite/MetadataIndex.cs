using System.Diagnostics.CodeAnalysis;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Finds the metadata of a series by its metric's name, for remote write 2.0, which sends it with each series. What the targets
/// said is collected now and then, sooner when a name is not found. Thread-safe.
/// </summary>
internal sealed class MetadataIndex(Func<IReadOnlyList<MetricMetadata>> read, TimeProvider time)
{
    /// <summary>A longer name is not looked up; no family has one.</summary>
    private const int MaxNameBytes = 1024;

    private static readonly TimeSpan s_maxAge = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_maxAgeOnMiss = TimeSpan.FromSeconds(10);

    /// <summary>Suffixes of the series of a family, with the types that have them.</summary>
    private static readonly (string Suffix, MetricType Type)[] s_suffixes =
    [
        ("_total", MetricType.Counter), ("_created", MetricType.Counter), ("_info", MetricType.Info),
        ("_bucket", MetricType.Histogram), ("_sum", MetricType.Histogram), ("_count", MetricType.Histogram),
        ("_created", MetricType.Histogram), ("_sum", MetricType.Summary), ("_count", MetricType.Summary),
        ("_created", MetricType.Summary), ("_bucket", MetricType.GaugeHistogram), ("_gsum", MetricType.GaugeHistogram),
        ("_gcount", MetricType.GaugeHistogram),
    ];

    private readonly Lock _refreshLock = new();
    private Dictionary<string, SeriesMetadata> _families = [];
    private long _readAt;
    private bool _wasRead;

    /// <summary>The metadata of the family that a metric of this name belongs to.</summary>
    public bool TryGet(ReadOnlySpan<byte> metricName, [NotNullWhen(true)] out SeriesMetadata? found)
    {
        found = null;
        if (metricName.Length > MaxNameBytes)
        {
            return false;
        }

        Span<char> name = stackalloc char[MaxNameBytes];
        name = name[..Encoding.UTF8.GetChars(metricName, name)];
        if (IsOlderThan(s_maxAge))
        {
            Refresh(s_maxAge);
        }

        if (TryFind(name, out found))
        {
            return true;
        }

        if (!IsOlderThan(s_maxAgeOnMiss))
        {
            return false;
        }

        Refresh(s_maxAgeOnMiss);
        return TryFind(name, out found);
    }

    private bool TryFind(ReadOnlySpan<char> name, [NotNullWhen(true)] out SeriesMetadata? found)
    {
        Dictionary<string, SeriesMetadata>.AlternateLookup<ReadOnlySpan<char>> families =
            Volatile.Read(ref _families).GetAlternateLookup<ReadOnlySpan<char>>();
        if (families.TryGetValue(name, out found))
        {
            return true;
        }

        foreach ((string suffix, MetricType type) in s_suffixes)
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal)
                && families.TryGetValue(name[..^suffix.Length], out found) && found.Type == type)
            {
                return true;
            }
        }

        found = null;
        return false;
    }

    private bool IsOlderThan(TimeSpan age) => !Volatile.Read(ref _wasRead) || time.GetElapsedTime(Interlocked.Read(ref _readAt)) >= age;

    private void Refresh(TimeSpan age)
    {
        lock (_refreshLock)
        {
            if (!IsOlderThan(age))
            {
                return;
            }

            Dictionary<string, SeriesMetadata> families = new(StringComparer.Ordinal);
            foreach (MetricMetadata metadata in read())
            {
                // Many targets have the same families; the first one's texts go for all.
                families.TryAdd(metadata.FamilyName, new SeriesMetadata(
                    metadata.Type, Encoding.UTF8.GetBytes(metadata.Help), Encoding.UTF8.GetBytes(metadata.Unit)));
            }

            Volatile.Write(ref _families, families);
            Interlocked.Exchange(ref _readAt, time.GetTimestamp());
            Volatile.Write(ref _wasRead, true);
        }
    }
}
