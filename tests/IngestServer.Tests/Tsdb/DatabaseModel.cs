using System.Linq;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>What a database is to hold, in dictionaries: the acknowledged samples of each series.</summary>
/// <param name="outOfOrder">Whether samples may come in any order.</param>
internal sealed class DatabaseModel(bool outOfOrder = false)
{
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly List<(IReadOnlyList<Matcher> Matchers, long MinTimeMs, long MaxTimeMs)> _deletions = [];

    public long NowMs { get; set; } = TestDatabase.StartMs;

    public long MaxTimeMs { get; private set; } = long.MinValue;

    public (int Appended, int Duplicates, int Refused) Commit(List<TestSample> taken)
    {
        (int appended, int duplicates, int refused) = (0, 0, 0);
        foreach (TestSample sample in taken)
        {
            string key = sample.Labels.ToString();
            if (!_series.TryGetValue(key, out Series? series))
            {
                series = new Series(sample.Labels);
                _series[key] = series;
            }

            SortedList<long, string> samples = series.Samples;
            if (samples.TryGetValue(sample.TimestampMs, out string? there) && (outOfOrder || samples.Keys[^1] == sample.TimestampMs))
            {
                bool isSame = there == sample.Text;
                duplicates += isSame ? 1 : 0;
                refused += isSame ? 0 : 1;
            }
            else if (outOfOrder || samples.Count == 0 || samples.Keys[^1] < sample.TimestampMs)
            {
                samples.Add(sample.TimestampMs, sample.Text);
                MaxTimeMs = Math.Max(MaxTimeMs, sample.TimestampMs);
                appended++;
            }
            else
            {
                refused++;
            }
        }

        return (appended, duplicates, refused);
    }

    /// <summary>Forgets the samples between two times, both inclusive, of the series that meet every matcher.</summary>
    public void Delete(IReadOnlyList<Matcher> matchers, long minTimeMs, long maxTimeMs)
    {
        _deletions.Add((matchers, minTimeMs, maxTimeMs));
        foreach (Series series in _series.Values)
        {
            if (Matches(series.Labels, matchers))
            {
                // The newest stays as a time: nothing at or before it is taken any more.
                series.Deleted.UnionWith(
                    series.Samples.Keys.Where(timestampMs => timestampMs >= minTimeMs && timestampMs <= maxTimeMs));
            }
        }
    }

    /// <summary>
    /// Whether a series has, or had, a sample at a time, or one that came there now would be among what was deleted: the head
    /// hides such a sample and blocks do not, and which of two samples at a time in head and block counts is not promised.
    /// </summary>
    public bool IsTaken(Labels labels, long timestampMs) =>
        (_series.TryGetValue(labels.ToString(), out Series? series) && series.Samples.ContainsKey(timestampMs))
        || _deletions.Exists(deletion =>
            deletion.MinTimeMs <= timestampMs && deletion.MaxTimeMs >= timestampMs && Matches(labels, deletion.Matchers));

    public string Dump(long minTimeMs)
    {
        List<string> lines = [];
        foreach (Series series in _series.Values)
        {
            List<string> samples = [];
            foreach ((long timestampMs, string sample) in series.Samples)
            {
                if (timestampMs >= minTimeMs && !series.Deleted.Contains(timestampMs))
                {
                    samples.Add(sample);
                }
            }

            if (samples.Count > 0)
            {
                lines.Add(TestDatabase.Line(series.Labels, samples));
            }
        }

        lines.Sort(string.CompareOrdinal);
        return string.Join('\n', lines);
    }

    private static bool Matches(Labels labels, IReadOnlyList<Matcher> matchers)
    {
        foreach (Matcher matcher in matchers)
        {
            labels.TryGet(matcher.Utf8Name.Span, out ReadOnlySpan<byte> value);
            if (!matcher.Matches(value))
            {
                return false;
            }
        }

        return true;
    }

    private sealed class Series(Labels labels)
    {
        public Labels Labels { get; } = labels;

        public SortedList<long, string> Samples { get; } = [];

        public HashSet<long> Deleted { get; } = [];
    }
}
