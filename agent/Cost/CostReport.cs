using System.Text;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Cost;

/// <summary>What the scraped series cost a month, by job, target, metric and label name, each with the dearest first.</summary>
internal sealed record CostReport
{
    public required DateTimeOffset Time { get; init; }

    public required PriceTable Prices { get; init; }

    public required CostShare Total { get; init; }

    /// <summary>The part of the monthly price that is for taking samples in; the rest is for keeping them.</summary>
    public required double IngestionCost { get; init; }

    public required double StorageCost { get; init; }

    public required IReadOnlyList<JobCost> Jobs { get; init; }

    public required IReadOnlyList<TargetCost> Targets { get; init; }

    public required IReadOnlyList<MetricCost> Metrics { get; init; }

    public required IReadOnlyList<LabelCost> LabelNames { get; init; }

    /// <summary>The rules that drop anything now.</summary>
    public required IReadOnlyList<RuleSaving> Rules { get; init; }

    public static CostReport Of(SeriesCensus census, PriceTable prices, DateTimeOffset time)
    {
        double rate = census.Total.SamplesPerSecond;
        double pricePerRate = rate > 0 ? prices.Total(rate) / rate : 0;
        CostShare Share(Tally tally) => new(tally.Series, tally.SamplesPerSecond, tally.SamplesPerSecond * pricePerRate);
        Dictionary<string, int> targetsOfJob = new(StringComparer.Ordinal);
        List<TargetCost> targets = [];
        foreach (TargetTally target in census.Targets)
        {
            targetsOfJob[target.Job] = targetsOfJob.GetValueOrDefault(target.Job) + 1;
            targets.Add(new TargetCost(target.Job, InstanceOf(target), Share(target)));
        }

        List<JobCost> jobs = [];
        foreach ((string job, Tally tally) in census.Jobs)
        {
            jobs.Add(new JobCost(job, targetsOfJob.GetValueOrDefault(job), Share(tally)));
        }

        List<MetricCost> metrics = [];
        foreach ((byte[] name, MetricTally tally) in census.Metrics)
        {
            double saving = prices.Total(rate) - prices.Total(Math.Max(0, rate - tally.SamplesPerSecond));
            metrics.Add(new MetricCost(Encoding.UTF8.GetString(name), tally.Jobs, Share(tally), saving));
        }

        List<LabelCost> labelNames = [];
        foreach ((byte[] name, LabelTally tally) in census.LabelNames)
        {
            labelNames.Add(new LabelCost(Encoding.UTF8.GetString(name), tally.Values.Count, Share(tally)));
        }

        return new CostReport
        {
            Time = time,
            Prices = prices,
            Total = Share(census.Total),
            IngestionCost = prices.Ingestion(rate),
            StorageCost = prices.Storage(rate),
            Jobs = Sorted(jobs, static job => job.Share, static job => job.Job),
            Targets = Sorted(targets, static target => target.Share, static target => target.Instance),
            Metrics = Sorted(metrics, static metric => metric.Share, static metric => metric.Name),
            LabelNames = Sorted(labelNames, static label => label.Share, static label => label.Name),
            Rules = RulesOf(census, prices),
        };
    }

    private static List<RuleSaving> RulesOf(SeriesCensus census, PriceTable prices)
    {
        double rate = census.Total.SamplesPerSecond;
        List<RuleSaving> rules = [];
        foreach (RuleTally tally in census.Rules)
        {
            if (tally.Series > 0)
            {
                double saving = prices.Total(rate + tally.SamplesPerSecond) - prices.Total(rate);
                rules.Add(new RuleSaving(tally.Job, tally.Index, tally.Rule, tally.Series, tally.SamplesPerSecond, saving));
            }
        }

        rules.Sort(static (left, right) => right.SamplesPerSecond.CompareTo(left.SamplesPerSecond));
        return rules;
    }

    private static string InstanceOf(TargetTally tally)
    {
        string instance = tally.Target.PublicLabels.GetString("instance");
        return instance.Length > 0 ? instance : tally.Target.Url.Authority;
    }

    private static List<T> Sorted<T>(List<T> rows, Func<T, CostShare> share, Func<T, string> name)
    {
        rows.Sort((left, right) =>
        {
            int bySamples = share(right).SamplesPerSecond.CompareTo(share(left).SamplesPerSecond);
            return bySamples != 0 ? bySamples : string.CompareOrdinal(name(left), name(right));
        });
        return rows;
    }
}
