using System.Globalization;
using AmpEdge.Agent.Scrape;

namespace AmpEdge.Agent.Cost;

/// <summary>Prints what a dry run found out, as plain text.</summary>
internal static class DryRunWriter
{
    private const int TopMetrics = 20;
    private const double Megabyte = 1e6;

    public static void Write(TextWriter output, DryRunResult result)
    {
        CostReport report = result.Report;
        double rate = report.Total.SamplesPerSecond;
        output.WriteLine(Line($"targets        {result.Up} up, {result.Down} down"));
        output.WriteLine(Line($"series         {report.Total.Series}"));
        output.WriteLine(Line($"samples        {rate:0.##} a second"));
        output.WriteLine(Line(
            $"remote write   {result.WireBytesPerSample:0.#} bytes a sample, {result.WireBytesPerSample * rate * 86_400 / Megabyte:0.#} MB a day"));
        output.WriteLine(Line(
            $"cost           {report.Total.MonthlyCost:0.00} {report.Prices.Currency} a month: ingestion {report.IngestionCost:0.00}, storage {report.StorageCost:0.00} once {report.Prices.RetentionDays:0.#} days are kept"));
        WriteJobs(output, report);
        WriteMetrics(output, report);
        WriteRules(output, report);
        WriteFailures(output, result);
    }

    private static void WriteJobs(TextWriter output, CostReport report)
    {
        List<string[]> rows = [["job", "targets", "series", "samples/s", Month(report)]];
        foreach (JobCost job in report.Jobs)
        {
            rows.Add([job.Job, Line($"{job.Targets}"), .. Cells(job.Share)]);
        }

        WriteTable(output, rows);
    }

    private static void WriteMetrics(TextWriter output, CostReport report)
    {
        List<string[]> rows = [[Line($"metric (top {TopMetrics} of {report.Metrics.Count})"), "jobs", "series", "samples/s", Month(report)]];
        for (int index = 0; index < report.Metrics.Count && index < TopMetrics; index++)
        {
            MetricCost metric = report.Metrics[index];
            rows.Add([metric.Name, string.Join(',', metric.Jobs), .. Cells(metric.Share)]);
        }

        WriteTable(output, rows);
    }

    private static void WriteRules(TextWriter output, CostReport report)
    {
        if (report.Rules.Count == 0)
        {
            return;
        }

        List<string[]> rows = [["drop rule", "job", "series", "samples/s", "saves a month"]];
        foreach (RuleSaving rule in report.Rules)
        {
            rows.Add(
                [Line($"metric_relabel_configs[{rule.Index}]"), rule.Job, .. Cells(new CostShare(rule.Series, rule.SamplesPerSecond, rule.Saving))]);
        }

        WriteTable(output, rows);
    }

    private static void WriteFailures(TextWriter output, DryRunResult result)
    {
        foreach (string job in result.WaitingJobs)
        {
            output.WriteLine($"\njob {job}: discovery has not answered in time, so its targets may be missing here");
        }

        if (result.Down == 0)
        {
            return;
        }

        output.WriteLine("\nnot counted, because the scrape failed:");
        foreach (PoolSnapshot pool in result.Pools)
        {
            foreach (Target target in pool.Active)
            {
                if (target.Status.Health == TargetHealth.Down)
                {
                    output.WriteLine($"  {pool.Job} {target.Url}: {target.Status.LastError}");
                }
            }
        }
    }

    private static string Month(CostReport report) => $"{report.Prices.Currency} a month";

    private static string[] Cells(CostShare share) =>
        [Line($"{share.Series}"), Line($"{share.SamplesPerSecond:0.##}"), Line($"{share.MonthlyCost:0.00}")];

    /// <summary>The first two columns are text, the rest numbers; the first row is the heading.</summary>
    private static void WriteTable(TextWriter output, List<string[]> rows)
    {
        output.WriteLine();
        int[] widths = new int[rows[0].Length];
        foreach (string[] row in rows)
        {
            for (int column = 0; column < row.Length; column++)
            {
                widths[column] = Math.Max(widths[column], row[column].Length);
            }
        }

        foreach (string[] row in rows)
        {
            for (int column = 0; column < row.Length; column++)
            {
                string cell = column < 2 ? row[column].PadRight(widths[column]) : row[column].PadLeft(widths[column]);
                output.Write(column == 0 ? cell : "  " + cell);
            }

            output.WriteLine();
        }
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
