using System.Globalization;
using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Usage;

/// <summary><c>GET /usage</c>: what is paid for and never read, what reads the rest, and the rules that would drop the former.</summary>
internal sealed class UsagePage(Func<UsageReport> current)
{
    private const int ShownRows = 200;

    /// <summary>Shorter watching says little: dashboards are opened once a week.</summary>
    private static readonly TimeSpan s_longEnough = TimeSpan.FromDays(7);

    private static readonly PageSite s_site = new("AmpEdge Proxy", [("/usage", "Usage"), ("/metrics", "Metrics")]);

    public Task AnswerAsync(HttpExchange exchange)
    {
        UsageReport report = current();
        PageWriter page = new(s_site, "/usage", "Written but never queried");
        WriteFacts(page, report);
        WriteWarnings(page, report);
        WriteDownloads(page, report);
        WriteOpenReads(page, report);
        WriteUnused(page, report);
        WriteRead(page, report);
        return page.AnswerAsync(exchange);
    }

    private static void WriteFacts(PageWriter page, UsageReport report)
    {
        page.Markup("<div class=\"facts\">")
            .Fact(UsageText.Money(report.Unused.MonthlyCost, report.Prices), "a month could be saved", "down")
            .Fact(UsageText.Money(report.Total.MonthlyCost, report.Prices), "a month in all")
            .Fact($"{PageWriter.Readable(report.Unused.Metrics)} of {PageWriter.Readable(report.Total.Metrics)}", "metrics unused")
            .Fact($"{PageWriter.Readable(report.Unused.Series)} of {PageWriter.Readable(report.Total.Series)}", "series unused")
            .Fact(UsageText.Rate(report.Total.SamplesPerSecond), "samples a second")
            .Fact(UsageText.Duration(report.Watched), report.Observers == 1 ? "watched" : $"watched, {report.Observers} observers")
            .Markup("</div><p class=\"quiet\">")
            .Text(
                $"Unused is what nothing has read by name within {PrometheusDuration.Format(report.UnusedAfter)}, as far as this proxy saw. "
                + "Samples and series are those of the last one to two hours of watching; series above 128 are estimates.")
            .Markup("</p>");
    }

    private static void WriteWarnings(PageWriter page, UsageReport report)
    {
        if (report.Watched < s_longEnough)
        {
            Warn(page, $"Watched for {UsageText.Duration(report.Watched)} only: dashboards and reports that are opened seldom were not seen yet.");
        }

        long lost = report.Losses[(int)UsageLoss.DroppedReads] + report.Losses[(int)UsageLoss.ReadsOverBound];
        if (lost > 0)
        {
            Warn(page, $"{PageWriter.Readable(lost)} reads could not be remembered (full queue, or more names than max_metrics): a metric may look unused though it is read.");
        }

        long metrics = report.Losses[(int)UsageLoss.MetricsOverBound] + report.Losses[(int)UsageLoss.WorkspacesOverBound];
        if (metrics > 0)
        {
            Warn(page, "There are more metrics or workspaces than are remembered (max_metrics): not all are shown.");
        }
    }

    private static void WriteDownloads(PageWriter page, UsageReport report)
    {
        if (report.Unused.Metrics == 0)
        {
            return;
        }

        page.Markup("<p>Drop rules to download: ");
        foreach (string workspace in WorkspacesOf(report, onlyUnused: true))
        {
            page.Link(
                    "./api/v1/usage/drop_rules?workspace=" + Uri.EscapeDataString(workspace),
                    workspace.Length == 0 ? "write_relabel_configs" : workspace)
                .Markup(" ");
        }

        page.Markup("</p>");
    }

    private static void WriteUnused(PageWriter page, UsageReport report)
    {
        bool manyWorkspaces = WorkspacesOf(report, onlyUnused: false).Count > 1;
        Head(page, "Unused", report.Unused.Metrics, "Saves a month", manyWorkspaces);
        int shown = 0;
        foreach (UsageRow row in report.Metrics)
        {
            if (row.IsUnused && shown++ < ShownRows)
            {
                Row(page, report, row, row.MonthlySaving, "Saves a month", manyWorkspaces);
            }
        }

        page.Markup("</tbody></table></div>");
    }

    private static void WriteRead(PageWriter page, UsageReport report)
    {
        bool manyWorkspaces = WorkspacesOf(report, onlyUnused: false).Count > 1;
        Head(page, "Read", report.Total.Metrics - report.Unused.Metrics, "A month", manyWorkspaces);
        int shown = 0;
        foreach (UsageRow row in report.Metrics)
        {
            if (!row.IsUnused && shown++ < ShownRows)
            {
                Row(page, report, row, row.MonthlyCost, "A month", manyWorkspaces);
            }
        }

        page.Markup("</tbody></table></div>");
    }

    private static void WriteOpenReads(PageWriter page, UsageReport report)
    {
        if (report.OpenReads.Count == 0)
        {
            return;
        }

        page.Markup(
            "<h2>Reads that name no metric<small>they may read what looks unused</small></h2><div class=\"scroll\">"
            + "<table class=\"cards\"><thead><tr><th>Selector</th><th>Workspace</th><th>Read by</th></tr></thead><tbody>");
        foreach (OpenRead read in report.OpenReads)
        {
            page.Markup("<tr><td><code>").Text(read.Selector).Markup("</code></td><td data-name=\"Workspace\">")
                .Text(UsageText.Workspace(read.Workspace)).Markup("</td><td data-name=\"Read by\">");
            Readers(page, read.Readers, report.Time);
            page.Markup("</td></tr>");
        }

        page.Markup("</tbody></table></div>");
    }

    private static SortedSet<string> WorkspacesOf(UsageReport report, bool onlyUnused)
    {
        SortedSet<string> workspaces = new(StringComparer.Ordinal);
        foreach (UsageRow row in report.Metrics)
        {
            if (row.IsUnused || !onlyUnused)
            {
                workspaces.Add(row.Workspace);
            }
        }

        return workspaces;
    }

    private static void Head(PageWriter page, string title, int count, string price, bool manyWorkspaces)
    {
        string shown = count > ShownRows
            ? $"the dearest {ShownRows} of {PageWriter.Readable(count)}"
            : PageWriter.Readable(count);
        page.Markup("<h2>").Text(title).Markup("<small>").Text(shown)
            .Markup("</small></h2><div class=\"scroll\"><table class=\"cards\"><thead><tr><th>Metric</th>").Markup(manyWorkspaces ? "<th>Workspace</th>" : "")
            .Markup("<th class=\"number\">Series</th><th class=\"number\">Samples/s</th><th class=\"number\">").Text(price)
            .Markup("</th><th>Last queried</th><th>Read by</th></tr></thead><tbody>");
    }

    private static void Row(PageWriter page, UsageReport report, UsageRow row, double price, string priceName, bool manyWorkspaces)
    {
        page.Markup("<tr><td><code>").Text(row.Name).Markup("</code></td>");
        if (manyWorkspaces)
        {
            page.Markup("<td data-name=\"Workspace\">").Text(UsageText.Workspace(row.Workspace)).Markup("</td>");
        }

        page.Markup("<td class=\"number\" data-name=\"Series\">")
            .Text(PageWriter.Readable(row.Series)).Markup("</td><td class=\"number\" data-name=\"Samples/s\">")
            .Text(UsageText.Rate(row.SamplesPerSecond)).Markup("</td><td class=\"number\" data-name=\"").Text(priceName).Markup("\">")
            .Text(UsageText.Money(price, report.Prices)).Markup("</td><td data-name=\"Last queried\">")
            .Text(UsageText.Ago(row.LastRead, report.Time)).Markup("</td><td data-name=\"Read by\">");
        Readers(page, row.Readers, report.Time);
        page.Markup("</td></tr>");
    }

    private static void Readers(PageWriter page, IReadOnlyList<ReadCount> readers, DateTimeOffset now)
    {
        foreach (ReadCount reader in readers)
        {
            string last = UsageText.Ago(DateTimeOffset.FromUnixTimeMilliseconds(reader.LastMs), now);
            page.Markup("<span class=\"label\" title=\"").Text(last).Markup("\">").Text(string.Create(
                CultureInfo.InvariantCulture, $"{ReaderKindNames.Of(reader.Kind)} × {reader.Count}")).Markup("</span>");
        }
    }

    private static void Warn(PageWriter page, string text) => page.Markup("<p class=\"state unknown\">").Text(text).Markup("</p>");
}
