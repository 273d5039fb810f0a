using System.Globalization;
using AmpEdge.Agent.Cost;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Pages;

/// <summary>What the scraped series cost a month, who causes it, and what would make it less.</summary>
internal sealed class CostPage(CostReporter reporter, QuotaWatch quotas)
{
    private const int ShownRows = 20;
    private const string ShareHeads =
        "<th class=\"number\">Series</th><th class=\"number\">Samples/s</th><th class=\"number\">A month</th></tr></thead><tbody>";

    public Task AnswerAsync(HttpExchange exchange)
    {
        CostReport report = reporter.Current();
        PageWriter page = AgentSite.Page("/cost", "Cost");
        WriteFacts(page, report);
        WriteQuotas(page);
        WriteMetrics(page, report);
        WriteJobs(page, report);
        WriteTargets(page, report);
        WriteLabels(page, report);
        WriteRules(page, report);
        return page.AnswerAsync(exchange);
    }

    private static void WriteFacts(PageWriter page, CostReport report)
    {
        PriceTable prices = report.Prices;
        page.Markup("<div class=\"facts\">")
            .Fact(Money(report.Total.MonthlyCost, prices), "a month")
            .Fact(Money(report.IngestionCost, prices), "of it for ingestion")
            .Fact(Money(report.StorageCost, prices), "of it for storage")
            .Fact(PageWriter.Readable(report.Total.Series), "series")
            .Fact(Rate(report.Total.SamplesPerSecond), "samples a second")
            .Markup("</div><p class=\"quiet\">");
        page.Text(string.Create(
            CultureInfo.InvariantCulture,
            $"The last scrape of every target, at its interval, for one destination before write relabelling. Storage is what it comes to once {prices.RetentionDays:0.#} days are kept at {prices.BytesPerSample:0.##} bytes a sample."));
        page.Text(prices.OtherSamplesPerMonth > 0
            ? string.Create(CultureInfo.InvariantCulture, $" Priced on top of {prices.OtherSamplesPerMonth / 1e9:0.###} billion other samples of the account.")
            : " The account's other samples are not known here; they may lower the price of a sample.");
        page.Markup("</p>");
    }

    private void WriteQuotas(PageWriter page)
    {
        IReadOnlyList<QuotaReading> readings = quotas.Readings;
        if (readings.Count == 0)
        {
            return;
        }

        page.Markup(
            "<h2>Quotas</h2><div class=\"scroll\"><table><thead><tr><th>Destination</th><th>Quota</th>"
            + "<th class=\"number\">Used here</th><th class=\"number\">Limit</th><th class=\"number\">Share</th></tr></thead><tbody>");
        foreach (QuotaReading reading in readings)
        {
            string cssClass = reading.Ratio >= reporter.Config.Quotas.WarnRatio ? "down" : "up";
            page.Markup("<tr><td>").Text(reading.Destination)
                .Markup("</td><td>").Text(reading.Quota.Replace('_', ' '))
                .Markup("</td><td class=\"number\">").Text(PageWriter.Readable((long)reading.Used))
                .Markup("</td><td class=\"number\">").Text(PageWriter.Readable((long)reading.Limit))
                .Markup($"</td><td class=\"number state {cssClass}\">").Text(Percent(reading.Ratio))
                .Markup("</td></tr>");
        }

        page.Markup("</tbody></table></div>");
    }

    private static void WriteMetrics(PageWriter page, CostReport report)
    {
        Head(page, "Metrics", report.Metrics.Count, "<th>Metric</th><th>Jobs</th>" + ShareHeads);
        foreach (MetricCost metric in Shown(report.Metrics))
        {
            page.Markup("<tr><td><details><summary>").Text(metric.Name).Markup("</summary><p class=\"quiet\">")
                .Text($"Without it a month costs {Money(metric.Saving, report.Prices)} less. Below its job:")
                .Markup("</p><pre>").Text(DropRule.For("metric_relabel_configs", metric.Name)).Markup("</pre></details></td><td>")
                .Text(string.Join(", ", metric.Jobs)).Markup("</td>");
            Share(page, metric.Share, report.Prices);
        }

        End(page);
    }

    private static void WriteJobs(PageWriter page, CostReport report)
    {
        Head(page, "Jobs", report.Jobs.Count, "<th>Job</th><th class=\"number\">Targets</th>" + ShareHeads);
        foreach (JobCost job in Shown(report.Jobs))
        {
            page.Markup("<tr><td>").Text(job.Job).Markup("</td><td class=\"number\">").Text(PageWriter.Readable(job.Targets))
                .Markup("</td>");
            Share(page, job.Share, report.Prices);
        }

        End(page);
    }

    private static void WriteTargets(PageWriter page, CostReport report)
    {
        Head(page, "Targets", report.Targets.Count, "<th>Target</th><th>Job</th>" + ShareHeads);
        foreach (TargetCost target in Shown(report.Targets))
        {
            page.Markup("<tr><td>").Text(target.Instance).Markup("</td><td>").Text(target.Job).Markup("</td>");
            Share(page, target.Share, report.Prices);
        }

        End(page);
    }

    private static void WriteLabels(PageWriter page, CostReport report)
    {
        Head(page, "Label names", report.LabelNames.Count, "<th>Label</th><th class=\"number\">Values</th>" + ShareHeads);
        foreach (LabelCost label in Shown(report.LabelNames))
        {
            page.Markup("<tr><td>").Text(label.Name).Markup("</td><td class=\"number\">").Text(PageWriter.Readable(label.Values))
                .Markup("</td>");
            Share(page, label.Share, report.Prices);
        }

        End(page);
    }

    private static void WriteRules(PageWriter page, CostReport report)
    {
        if (report.Rules.Count == 0)
        {
            return;
        }

        Head(
            page, "Drop rules in force", report.Rules.Count,
            "<th>Rule</th><th>Job</th><th class=\"number\">Series dropped</th><th class=\"number\">Samples/s</th>"
            + "<th class=\"number\">Saves a month</th></tr></thead><tbody>");
        foreach (RuleSaving rule in Shown(report.Rules))
        {
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"metric_relabel_configs[{rule.Index}]: {RelabelRule.NameOf(rule.Rule.Action)} {rule.Rule.Regex}");
            page.Markup("<tr><td>").Text(text).Markup("</td><td>").Text(rule.Job).Markup("</td>");
            Share(page, new CostShare(rule.Series, rule.SamplesPerSecond, rule.Saving), report.Prices);
        }

        End(page);
    }

    private static void Head(PageWriter page, string title, int count, string heads)
    {
        string shown = count > ShownRows ? $"the dearest {ShownRows} of {PageWriter.Readable(count)}" : PageWriter.Readable(count);
        page.Markup("<h2>").Text(title).Markup("<small>").Text(shown)
            .Markup("</small></h2><div class=\"scroll\"><table><thead><tr>").Markup(heads);
    }

    private static void End(PageWriter page) => page.Markup("</tbody></table></div>");

    private static void Share(PageWriter page, CostShare share, PriceTable prices) =>
        page.Markup("<td class=\"number\">").Text(PageWriter.Readable(share.Series))
            .Markup("</td><td class=\"number\">").Text(Rate(share.SamplesPerSecond))
            .Markup("</td><td class=\"number\">").Text(Money(share.MonthlyCost, prices))
            .Markup("</td></tr>");

    private static IEnumerable<T> Shown<T>(IReadOnlyList<T> rows)
    {
        for (int index = 0; index < rows.Count && index < ShownRows; index++)
        {
            yield return rows[index];
        }
    }

    private static string Rate(double samplesPerSecond) => samplesPerSecond.ToString(
        samplesPerSecond < 10 ? "0.##" : "#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f');

    private static string Percent(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio * 100:0.##} %");

    private static string Money(double amount, PriceTable prices) => string.Create(
        CultureInfo.InvariantCulture, $"{amount.ToString(amount < 1 ? "0.0000" : "0.00", CultureInfo.InvariantCulture)} {prices.Currency}");
}
