using AmpEdge.Agent.Api;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Pages;

/// <summary>
/// <c>GET /targets</c>: every target by job with its health, labels, last scrape and error. <c>?state=down</c> shows what
/// needs attention, <c>?job=NAME</c> one job.
/// </summary>
internal sealed class TargetsPage(ScrapeManager scrapes, TimeProvider time)
{
    /// <summary>More would make the page useless; the API has them all.</summary>
    private const int MaxTargetsPerJob = 500;

    public Task AnswerAsync(HttpExchange exchange)
    {
        bool onlyDown = exchange.Query("state") == "down";
        string job = exchange.Query("job");
        IReadOnlyList<PoolSnapshot> pools = scrapes.Snapshot();
        PageWriter page = AgentSite.Page("/targets", "Targets");
        WriteSummary(page, pools);
        page.Markup(onlyDown
            ? "<p><a href=\"./targets\">Show all targets</a></p>"
            : "<p><a href=\"./targets?state=down\">Show only targets that are down</a></p>");
        foreach (PoolSnapshot pool in pools)
        {
            if (job.Length == 0 || pool.Job == job)
            {
                WritePool(page, pool, onlyDown);
            }
        }

        return page.AnswerAsync(exchange);
    }

    private static void WriteSummary(PageWriter page, IReadOnlyList<PoolSnapshot> pools)
    {
        int up = 0;
        int down = 0;
        int unknown = 0;
        long samples = 0;
        foreach (PoolSnapshot pool in pools)
        {
            foreach (Target target in pool.Active)
            {
                TargetStatus status = target.Status;
                up += status.Health == TargetHealth.Up ? 1 : 0;
                down += status.Health == TargetHealth.Down ? 1 : 0;
                unknown += status.Health == TargetHealth.Unknown ? 1 : 0;
                samples += status.LastSamples;
            }
        }

        page.Markup("<div class=\"facts\">")
            .Fact(PageWriter.Readable(up), "up", "up")
            .Fact(PageWriter.Readable(down), "down", down > 0 ? "down" : "")
            .Fact(PageWriter.Readable(unknown), "not scraped yet")
            .Fact(PageWriter.Readable(samples), "samples in the last scrapes")
            .Markup("</div>");
    }

    private void WritePool(PageWriter page, PoolSnapshot pool, bool onlyDown)
    {
        int up = 0;
        foreach (Target target in pool.Active)
        {
            up += target.Status.Health == TargetHealth.Up ? 1 : 0;
        }

        page.Markup("<h2>").Text(pool.Job).Markup("<small>")
            .Text($"{up} of {pool.Active.Count} up" + (pool.DroppedCount > 0 ? $", {pool.DroppedCount} dropped by relabelling" : ""))
            .Markup("</small></h2>");
        if (pool.Active.Count == 0)
        {
            page.Markup("<p class=\"quiet\">")
                .Text(pool.DroppedCount > 0 ? "Relabelling drops all targets: " : "Discovery has found no targets. ")
                .Link($"{ServiceDiscoveryPage.Path}?job={Uri.EscapeDataString(pool.Job)}", "see what was discovered").Markup("</p>");
            return;
        }

        page.Markup(
            "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th>Endpoint</th><th>State</th><th>Labels</th>"
            + "<th class=\"number\">Last scrape</th><th class=\"number\">Duration</th><th class=\"number\">Samples</th>"
            + "<th>Error</th></tr></thead><tbody>");
        int shown = 0;
        foreach (Target target in pool.Active)
        {
            if (shown == MaxTargetsPerJob)
            {
                break;
            }

            if (!onlyDown || target.Status.Health == TargetHealth.Down)
            {
                WriteTarget(page, pool.Job, target);
                shown++;
            }
        }

        page.Markup("</tbody></table></div>");
        if (shown == MaxTargetsPerJob)
        {
            page.Markup("<p class=\"quiet\">The rest is in <a href=\"./api/v1/targets\">/api/v1/targets</a>.</p>");
        }
    }

    private void WriteTarget(PageWriter page, string job, Target target)
    {
        TargetStatus status = target.Status;
        string health = TargetsEndpoint.HealthName(status.Health);
        page.Markup("<tr><td>").Link(target.Url.AbsoluteUri, target.Url.AbsoluteUri).Markup("</td><td class=\"state ").Markup(health).Markup("\">")
            .Text(health.ToUpperInvariant()).Markup("</td><td>");
        RelabelStepsTable.WriteLabels(page, target.PublicLabels);
        page.Link(TargetDebugPage.LinkTo(job, target.DiscoveredLabels), "Why?");
        string ago = status.LastScrape is { } lastScrape
            ? PageWriter.Readable(time.GetUtcNow() - lastScrape) + " ago"
            : "never";
        page.Markup("</td><td class=\"number\" data-name=\"Last scrape\">").Text(ago)
            .Markup("</td><td class=\"number\" data-name=\"Duration\">").Text(PageWriter.Readable(status.LastDuration))
            .Markup("</td><td class=\"number\" data-name=\"Samples\">").Text(PageWriter.Readable(status.LastSamples))
            .Markup("</td><td class=\"error\">").Text(Problem(status)).Markup("</td></tr>");
    }

    /// <summary>What failed the scrape, or what a good one left out.</summary>
    private static string Problem(TargetStatus status) => status.LastLeftOut == 0
        ? status.LastError
        : $"{status.LastLeftOut} samples left out by series_limit, or for want of memory. {status.LastError}".TrimEnd();
}
