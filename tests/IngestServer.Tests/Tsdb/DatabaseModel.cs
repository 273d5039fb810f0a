using System.Linq;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>What a database is to hold, in dictionaries: the acknowledged samples of each series.</summary>
internal sealed class DatabaseModel
{
    private readonly SortedDictionary<string, (Labels Labels, SortedList<long, double> Samples)> _series =
        new(StringComparer.Ordinal);

    private readonly HashSet<(string Series, long TimestampMs)> _deleted = [];

    public long NowMs { get; set; } = TestDatabase.StartMs;

    public long MaxTimeMs { get; private set; } = long.MinValue;

    public (int Appended, int Duplicates, int Refused) Commit(List<(Labels Labels, long TimestampMs, double Value)> taken)
    {
        (int appended, int duplicates, int refused) = (0, 0, 0);
        foreach ((Labels labels, long timestampMs, double value) in taken)
        {
            if (!_series.TryGetValue(labels.ToString(), out (Labels Labels, SortedList<long, double> Samples) series))
            {
                series = (labels, []);
                _series[labels.ToString()] = series;
            }

            SortedList<long, double> samples = series.Samples;
            if (samples.Count == 0 || samples.Keys[^1] < timestampMs)
            {
                samples[timestampMs] = value;
                MaxTimeMs = Math.Max(MaxTimeMs, timestampMs);
                appended++;
            }
            else if (samples.Keys[^1] == timestampMs
                && BitConverter.DoubleToUInt64Bits(samples.Values[^1]) == BitConverter.DoubleToUInt64Bits(value))
            {
                duplicates++;
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
        foreach ((Labels labels, SortedList<long, double> samples) in _series.Values)
        {
            if (Matches(labels, matchers))
            {
                foreach (long timestampMs in samples.Keys.ToArray())
                {
                    // The newest stays as a time: nothing at or before it is taken any more.
                    if (timestampMs >= minTimeMs && timestampMs <= maxTimeMs)
                    {
                        _deleted.Add((labels.ToString(), timestampMs));
                    }
                }
            }
        }
    }

    public string Dump(long minTimeMs)
    {
        List<string> lines = [];
        foreach ((Labels labels, SortedList<long, double> samples) in _series.Values)
        {
            List<long> timestamps = [];
            List<double> values = [];
            foreach ((long timestampMs, double value) in samples)
            {
                if (timestampMs >= minTimeMs && !_deleted.Contains((labels.ToString(), timestampMs)))
                {
                    timestamps.Add(timestampMs);
                    values.Add(value);
                }
            }

            if (timestamps.Count > 0)
            {
                lines.Add(TestDatabase.Line(labels, timestamps.ToArray(), values.ToArray()));
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
}
