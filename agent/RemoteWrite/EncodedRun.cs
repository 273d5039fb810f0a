using System.Runtime.CompilerServices;
using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Series that are scraped behind each other, with the compressed form of their messages but for values and time.</summary>
/// <param name="series">The series in order, as <see cref="KeyOf"/> has them.</param>
/// <param name="versions">The sum of the series' versions in the table, from before their labels were read.</param>
/// <param name="template">A record for each series.</param>
internal sealed class EncodedRun(uint[] series, ulong versions, SnappyTemplate template)
{
    public int Count => series.Length;

    public SnappyTemplate Template => template;

    /// <summary>The memory it takes, in bytes.</summary>
    public int SizeBytes => series.Length * sizeof(uint) + template.SizeBytes + 100;

    /// <summary>The series of an entry, and whether its labels are final.</summary>
    public static uint KeyOf(in QueuedEntry entry) => entry.Series.Value << 1 | (entry.LabelsAreFinal ? 1u : 0);

    /// <summary>Whether entries are of these series, from the first one on; there may be fewer of them than series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool IsOf(ReadOnlySpan<EntryPlace> entries, SeriesTable.LabelReader labels)
    {
        int count = Math.Min(series.Length, entries.Length);
        for (int index = 0; index < count; index++)
        {
            if (KeyOf(entries[index].Entry) != series[index])
            {
                return false;
            }
        }

        return SumOfVersions(series, labels) == versions;
    }

    /// <summary>Versions only grow, so the sum is the same only when each of them is.</summary>
    public static ulong SumOfVersions(ReadOnlySpan<uint> series, SeriesTable.LabelReader labels)
    {
        ulong sum = 0;
        foreach (uint key in series)
        {
            sum += labels.VersionOf(new SeriesRef(key >> 1));
        }

        return sum;
    }
}
