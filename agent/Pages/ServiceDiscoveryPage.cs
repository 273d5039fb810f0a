using System.Globalization;
using System.Net;
using AmpEdge.Agent.Discovery;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Pages;

/// <summary>
/// <c>GET /service-discovery</c>: what discovery has found for each job and what relabelling made of it. <c>?job=</c> shows one
/// job, <c>?q=</c> the targets whose labels hold a text; each target leads to its <see cref="TargetDebugPage"/>.
/// </summary>
/// <param name="scrapes">Knows the targets.</param>
/// <param name="discoveryOf">How the discovery of a job fares.</param>
internal sealed class ServiceDiscoveryPage(
    ScrapeManager scrapes, Func<string, IReadOnlyList<DiscovererStatus>> discoveryOf)
{
    public const string Path = "/service-discovery";

    /// <summary>More would make the page useless; the search finds the rest.</summary>
    private const int MaxTargetsPerJob = 100;

    public Task AnswerAsync(HttpExchange exchange)
    {
        string job = exchange.Query("job");
        string text = exchange.Query("q");
        PageWriter page = AgentSite.Page(Path, "Service discovery");
        IReadOnlyList<PoolSnapshot> pools = scrapes.Snapshot();
        WriteSearch(page, pools, job, text);
        foreach (PoolSnapshot pool in pools)
        {
            if (job.Length == 0 || pool.Job == job)
            {
                WritePool(page, pool, text);
            }
        }

        return page.AnswerAsync(exchange);
    }

    private static void WriteSearch(PageWriter page, IReadOnlyList<PoolSnapshot> pools, string job, string text)
    {
        page.Markup("<form method=\"get\" action=\".").Markup(Path).Markup("\"><select name=\"job\" aria-label=\"Job\">")
            .Markup("<option value=\"\">All jobs</option>");
        foreach (PoolSnapshot pool in pools)
        {
            page.Markup(pool.Job == job ? "<option selected>" : "<option>").Text(pool.Job).Markup("</option>");
        }

        page.Markup("</select><input name=\"q\" placeholder=\"part of a label, such as team=&quot;db&quot;\" aria-label=\"Part of a label\" value=\"")
            .Text(text).Markup("\"><button>Search</button></form>");
    }

    private void WritePool(PageWriter page, PoolSnapshot pool, string text)
    {
        page.Markup("<h2>").Text(pool.Job).Markup("<small>")
            .Text(string.Create(CultureInfo.InvariantCulture, $"{pool.Active.Count} scraped, {pool.DroppedCount} dropped"))
            .Markup("</small></h2>");
        foreach (DiscovererStatus status in discoveryOf(pool.Job))
        {
            WriteStatus(page, status);
        }

        if (pool.Active.Count + pool.DroppedCount == 0)
        {
            page.Markup("<p class=\"quiet\">Discovery has found nothing for this job.</p>");
            return;
        }

        page.Markup("<div class=\"scroll\"><table class=\"cards\"><thead><tr><th>Discovered</th><th>Result</th><th></th></tr></thead><tbody>");
        int shown = 0;
        int found = 0;
        foreach (Target target in pool.Active)
        {
            if (Holds(target.DiscoveredLabels, text) && found++ < MaxTargetsPerJob)
            {
                WriteTarget(page, pool.Job, target.DiscoveredLabels, target);
                shown++;
            }
        }

        foreach (Labels dropped in pool.Dropped)
        {
            if (Holds(dropped, text) && found++ < MaxTargetsPerJob)
            {
                WriteTarget(page, pool.Job, dropped, null);
                shown++;
            }
        }

        page.Markup("</tbody></table></div>");
        WriteRest(page, pool, found, shown);
    }

    private static void WriteStatus(PageWriter page, DiscovererStatus status)
    {
        string look = status.LastLook is { } time
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"looked at {time:yyyy-MM-dd HH:mm:ss} UTC, {status.LastDuration.TotalSeconds:0.000} s")
            : "has not looked yet";
        page.Markup(status.Problem is null ? "<p class=\"quiet\">" : "<p class=\"error\">")
            .Text($"{status.Mechanism}: {look}{(status.Problem is null ? "" : $", and failed: {status.Problem}")}")
            .Markup("</p>");
    }

    private static void WriteRest(PageWriter page, PoolSnapshot pool, int found, int shown)
    {
        if (found > shown)
        {
            page.Markup("<p class=\"quiet\">").Text($"{found - shown} more: search for a part of their labels.").Markup("</p>");
        }

        if (pool.DroppedCount > pool.Dropped.Count)
        {
            page.Markup("<p class=\"quiet\">")
                .Text($"keep_dropped_targets keeps {pool.Dropped.Count} of the {pool.DroppedCount} dropped ones.").Markup("</p>");
        }
    }

    private static void WriteTarget(PageWriter page, string job, Labels discovered, Target? target)
    {
        page.Markup("<tr><td><details><summary>").Text(discovered.GetString("__address__")).Markup("</summary>");
        RelabelStepsTable.WriteLabels(page, discovered);
        page.Markup("</details></td><td>");
        if (target is null)
        {
            page.Markup("<span class=\"state down\">dropped</span>");
        }
        else
        {
            RelabelStepsTable.WriteLabels(page, target.PublicLabels);
        }

        page.Markup("</td><td><a href=\"").Text(TargetDebugPage.LinkTo(job, discovered)).Markup("\">Why?</a></td></tr>");
    }

    private static bool Holds(Labels labels, string text) =>
        text.Length == 0 || labels.ToString().Contains(text, StringComparison.OrdinalIgnoreCase);
}
