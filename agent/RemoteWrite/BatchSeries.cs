using System.Runtime.InteropServices;
using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Finds which entries of a batch belong to one series, so that its labels are sent once: a batch read from the disk holds
/// several scrapes of a target. Reusable; not thread-safe.
/// </summary>
internal sealed class BatchSeries
{
    private const int None = -1;

    /// <summary>By entry: the next entry of its series, and for the first one of a series also the last so far.</summary>
    private int[] _next = [];
    private int[] _last = [];

    /// <summary>An open hash table of the first entries.</summary>
    private int[] _buckets = [];
    private readonly List<int> _first = [];

    /// <summary>The first entry of each series, in the order of the batch.</summary>
    public ReadOnlySpan<int> First => CollectionsMarshal.AsSpan(_first);

    /// <summary>The series' next entry behind this one, in the order of the batch; negative behind its last.</summary>
    public int NextOf(int entry) => _next[entry];

    public void Load(ReadOnlySpan<EntryPlace> batch)
    {
        Prepare(batch.Length);
        for (int index = 0; index < batch.Length; index++)
        {
            _next[index] = None;
            int mask = _buckets.Length - 1;
            int bucket = (int)BucketOf(batch[index].Entry.Series) & mask;
            while (_buckets[bucket] != None && !IsSameSeries(batch[_buckets[bucket]], batch[index]))
            {
                bucket = (bucket + 1) & mask;
            }

            int first = _buckets[bucket];
            if (first == None)
            {
                _buckets[bucket] = index;
                _last[index] = index;
                _first.Add(index);
            }
            else
            {
                _next[_last[first]] = index;
                _last[first] = index;
            }
        }
    }

    /// <summary>A message's series has plain samples or histograms, not both; an exemplar may stand beside either.</summary>
    private static bool IsSameSeries(EntryPlace left, EntryPlace right) =>
        left.Entry.Series == right.Entry.Series
        && (left.Entry.Kind == SampleKind.Histogram) == (right.Entry.Kind == SampleKind.Histogram)
        && left.Entry.LabelsAreFinal == right.Entry.LabelsAreFinal;

    /// <summary>Numbers that follow each other, as those of a target do, fall far apart.</summary>
    private static uint BucketOf(SeriesRef series) => (series.Value * 0x9E3779B1) >> 7;

    private void Prepare(int count)
    {
        if (_next.Length < count)
        {
            _next = new int[count];
            _last = new int[count];
            _buckets = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count * 2)];
        }

        Array.Fill(_buckets, None);
        _first.Clear();
    }
}
