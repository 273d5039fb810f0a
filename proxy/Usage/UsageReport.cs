using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Usage;

/// <summary>Which metrics are written, what they cost and who reads them: unused ones first, by what would be saved.</summary>
internal sealed record UsageReport
{
    /// <summary>Rates of the first moments would be those of a burst.</summary>
    private const double MinSeconds = 15;

    /// <summary>An observer that has not watched for so long before the newest one tells of readers only: it writes no more.</summary>
    private static readonly TimeSpan s_stale = TimeSpan.FromDays(1);

    public required DateTimeOffset Time { get; init; }

    public required PriceTable Prices { get; init; }

    public required TimeSpan UnusedAfter { get; init; }

    /// <summary>How long the observer that has watched longest has watched.</summary>
    public required TimeSpan Watched { get; init; }

    public required int Observers { get; init; }

    public required UsageShare Total { get; init; }

    /// <summary>Of the unused metrics; the price is by how much the whole falls without all of them.</summary>
    public required UsageShare Unused { get; init; }

    public required IReadOnlyList<UsageRow> Metrics { get; init; }

    /// <summary>Those that may read metrics which look unused.</summary>
    public required IReadOnlyList<OpenRead> OpenReads { get; init; }

    /// <summary>What was not taken into account, by <see cref="UsageLoss"/>.</summary>
    public required IReadOnlyList<long> Losses { get; init; }

    public static UsageReport Of(
        IReadOnlyList<Observation> observations, PriceTable prices, TimeSpan unusedAfter, DateTimeOffset time)
    {
        List<MetricSum> sums = SumsOf(observations);
        double rate = 0;
        foreach (MetricSum sum in sums)
        {
            rate += sum.SamplesPerSecond;
        }

        double pricePerRate = rate > 0 ? prices.Total(rate) / rate : 0;
        long unusedBeforeMs = (time - unusedAfter).ToUnixTimeMilliseconds();
        List<UsageRow> rows = [];
        foreach (MetricSum sum in sums)
        {
            long lastRead = sum.Readers.LastMs;
            rows.Add(new UsageRow
            {
                Workspace = sum.Workspace,
                Name = Encoding.UTF8.GetString(sum.Name),
                Series = sum.Series.Count,
                SamplesPerSecond = sum.SamplesPerSecond,
                MonthlyCost = sum.SamplesPerSecond * pricePerRate,
                MonthlySaving = prices.Total(rate) - prices.Total(Math.Max(0, rate - sum.SamplesPerSecond)),
                LastWritten = DateTimeOffset.FromUnixTimeMilliseconds(sum.LastMs),
                LastRead = lastRead > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(lastRead) : null,
                Readers = sum.Readers.Counts,
                IsUnused = lastRead < unusedBeforeMs || lastRead == 0,
            });
        }

        rows.Sort(Compare);
        UsageShare unused = ShareOf(rows, onlyUnused: true);
        return new UsageReport
        {
            Time = time,
            Prices = prices,
            UnusedAfter = unusedAfter,
            Watched = WatchedBy(observations),
            Observers = observations.Count,
            Total = ShareOf(rows, onlyUnused: false) with { MonthlyCost = prices.Total(rate) },
            Unused = unused with
            {
                MonthlyCost = prices.Total(rate) - prices.Total(Math.Max(0, rate - unused.SamplesPerSecond)),
            },
            Metrics = rows,
            OpenReads = OpenReadsOf(observations),
            Losses = LossesOf(observations),
        };
    }

    private static List<MetricSum> SumsOf(IReadOnlyList<Observation> observations)
    {
        long newestMs = 0;
        foreach (Observation observation in observations)
        {
            newestMs = Math.Max(newestMs, observation.UpdatedMs);
        }

        SortedDictionary<string, Dictionary<byte[], MetricSum>> workspaces = new(StringComparer.Ordinal);
        foreach (Observation observation in observations)
        {
            double seconds = Math.Max(MinSeconds, observation.CurrentSeconds + observation.PreviousSeconds);
            bool writes = newestMs - observation.UpdatedMs <= s_stale.TotalMilliseconds;
            foreach ((string name, WorkspaceUsage workspace) in observation.Workspaces)
            {
                if (!workspaces.TryGetValue(name, out Dictionary<byte[], MetricSum>? sums))
                {
                    sums = new(new Utf8NameComparer());
                    workspaces.Add(name, sums);
                }

                foreach ((byte[] metric, MetricWrites written) in workspace.Written)
                {
                    if (!sums.TryGetValue(metric, out MetricSum? sum))
                    {
                        sum = new MetricSum(name, metric);
                        sums.Add(metric, sum);
                    }

                    sum.Add(written, observation.Period, writes ? seconds : double.PositiveInfinity);
                }
            }
        }

        List<MetricSum> all = [];
        foreach ((string name, Dictionary<byte[], MetricSum> sums) in workspaces)
        {
            AddReaders(name, sums, observations);
            all.AddRange(sums.Values);
        }

        return all;
    }

    private static void AddReaders(
        string workspace, Dictionary<byte[], MetricSum> sums, IReadOnlyList<Observation> observations)
    {
        foreach (Observation observation in observations)
        {
            foreach (string source in (ReadOnlySpan<string>)[workspace, Observation.AnyWorkspace])
            {
                if (!observation.Workspaces.TryGetValue(source, out WorkspaceUsage? reads))
                {
                    continue;
                }

                foreach ((byte[] name, ReadTally tally) in reads.Reads)
                {
                    if (sums.TryGetValue(name, out MetricSum? sum))
                    {
                        sum.Readers.Add(tally);
                    }
                }

                foreach (PatternReads pattern in reads.Patterns.Values)
                {
                    foreach (MetricSum sum in sums.Values)
                    {
                        if (pattern.Condition.Matches(sum.Name))
                        {
                            sum.Readers.Add(pattern.Tally);
                        }
                    }
                }
            }
        }
    }

    private static List<OpenRead> OpenReadsOf(IReadOnlyList<Observation> observations)
    {
        SortedDictionary<(string Workspace, string Selector), ReadTally> found = [];
        foreach (Observation observation in observations)
        {
            foreach ((string name, WorkspaceUsage workspace) in observation.Workspaces)
            {
                foreach ((string selector, ReadTally tally) in workspace.Examples)
                {
                    if (!found.TryGetValue((name, selector), out ReadTally? sum))
                    {
                        found.Add((name, selector), sum = new ReadTally());
                    }

                    sum.Add(tally);
                }
            }
        }

        List<OpenRead> reads = [];
        foreach (((string workspace, string selector), ReadTally tally) in found)
        {
            reads.Add(new OpenRead(workspace, selector, tally.Counts));
        }

        return reads;
    }

    private static long[] LossesOf(IReadOnlyList<Observation> observations)
    {
        long[] losses = new long[Enum.GetValues<UsageLoss>().Length];
        foreach (Observation observation in observations)
        {
            for (int loss = 0; loss < losses.Length; loss++)
            {
                losses[loss] += observation.LossesOf((UsageLoss)loss);
            }
        }

        return losses;
    }

    private static TimeSpan WatchedBy(IReadOnlyList<Observation> observations)
    {
        double seconds = 0;
        foreach (Observation observation in observations)
        {
            seconds = Math.Max(seconds, observation.WatchedSeconds);
        }

        return TimeSpan.FromSeconds(seconds);
    }

    private static UsageShare ShareOf(List<UsageRow> rows, bool onlyUnused)
    {
        int metrics = 0;
        long series = 0;
        double rate = 0;
        foreach (UsageRow row in rows)
        {
            if (!onlyUnused || row.IsUnused)
            {
                metrics++;
                series += row.Series;
                rate += row.SamplesPerSecond;
            }
        }

        return new UsageShare(metrics, series, rate, 0);
    }

    private static int Compare(UsageRow left, UsageRow right)
    {
        int order = right.IsUnused.CompareTo(left.IsUnused);
        order = order != 0 ? order : right.SamplesPerSecond.CompareTo(left.SamplesPerSecond);
        order = order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
        return order != 0 ? order : string.CompareOrdinal(left.Workspace, right.Workspace);
    }
}
