using System.Globalization;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Pages;

/// <summary>
/// <c>GET /service-discovery/target?job=JOB&amp;id=ID</c>: one discovered target, each relabel step, and the result or the rule that
/// dropped it. <c>&amp;series=</c> follows a series of it through metric relabelling to each destination, <c>&amp;part=</c> searches
/// those that it has now. Whatever discovery found the target, the page is the same.
/// </summary>
internal sealed class TargetDebugPage(
    ScrapeManager scrapes, Func<IReadOnlyList<QueueManager>> destinations, MetricRegistry registry)
{
    /// <summary>
    /// Pages at once that fetch their target's series: each costs the target what a scrape does, and us a window of its page.
    /// </summary>
    public const int MaxFetches = 4;

    public const string Path = ServiceDiscoveryPage.Path + "/target";

    private const int MaxSeries = 50;

    private readonly GaugeMetric _fetches = registry.Gauge(
        "ampedge_target_debug_fetches", "Targets that are being fetched for pages of /service-discovery/target.");

    private readonly CounterMetric _refused = registry.Counter(
        "ampedge_target_debug_refused_total", "Pages of /service-discovery/target that were refused because too many were being made.");

    private int _fetching;

    /// <summary>Where the page of a target is; targets are told apart by what discovery said of them.</summary>
    public static string LinkTo(string job, Labels discovered) =>
        $".{Path}?job={Uri.EscapeDataString(job)}&id={IdOf(discovered)}";

    public async Task AnswerAsync(HttpExchange exchange)
    {
        string job = exchange.Query("job");
        string id = exchange.Query("id");
        PageWriter page = AgentSite.Page(ServiceDiscoveryPage.Path, "Target of " + job, "../");
        page.Markup("<p><a href=\"").Text($".{ServiceDiscoveryPage.Path}?job={Uri.EscapeDataString(job)}").Markup("\">All targets of the job</a></p>");
        foreach (PoolSnapshot pool in scrapes.Snapshot())
        {
            if (pool.Job == job && pool.Definition is { } definition && Find(pool, id, out ScrapeLoop? loop) is { } discovered)
            {
                WriteTarget(page, definition, discovered);
                bool isWhole = loop is null || await TryWriteSeriesAsync(page, exchange, definition, loop, discovered);
                await page.AnswerAsync(exchange, isWhole ? 200 : 503);
                return;
            }
        }

        page.Markup("<p class=\"quiet\">Discovery knows this target no longer, or knows it with other labels.</p>");
        await page.AnswerAsync(exchange, 404);
    }

    private static string IdOf(Labels discovered) => discovered.Hash.ToString("x16", CultureInfo.InvariantCulture);

    private static Labels? Find(PoolSnapshot pool, string id, out ScrapeLoop? loop)
    {
        for (int index = 0; index < pool.Loops.Count; index++)
        {
            if (IdOf(pool.Active[index].DiscoveredLabels) == id)
            {
                loop = pool.Loops[index];
                return pool.Active[index].DiscoveredLabels;
            }
        }

        loop = null;
        foreach (Labels dropped in pool.Dropped)
        {
            if (IdOf(dropped) == id)
            {
                return dropped;
            }
        }

        return null;
    }

    private static void WriteTarget(PageWriter page, ScrapeJob job, Labels discovered)
    {
        page.Markup("<h2>Discovered</h2><p>");
        RelabelStepsTable.WriteLabels(page, discovered);
        page.Markup("</p><h2>Relabelling</h2>");
        RelabelStepsTable.Write(page, "relabel_configs", RelabelTrace.Run(discovered, job.RelabelRules), job.RelabelRules.Length);
        Target? target = TargetLabels.Make(job, discovered, Labels.Empty, new LabelsBuilder(), out _, out string? problem);
        page.Markup("<h2>Result</h2><p>");
        if (target is not null)
        {
            page.Markup("<span class=\"state up\">scraped</span> ")
                .Link(target.Url.AbsoluteUri, target.Url.AbsoluteUri).Markup("</p><p>");
            RelabelStepsTable.WriteLabels(page, target.PublicLabels);
        }
        else
        {
            page.Markup("<span class=\"state down\">not scraped</span> <span class=\"error\">")
                .Text(problem ?? "a rule dropped it").Markup("</span>");
        }

        page.Markup("</p>");
    }

    /// <summary>False, with a sentence on the page, when too many others fetch series at the moment.</summary>
    private async Task<bool> TryWriteSeriesAsync(
        PageWriter page, HttpExchange exchange, ScrapeJob job, ScrapeLoop loop, Labels discovered)
    {
        int fetching = Interlocked.Increment(ref _fetching);
        try
        {
            if (fetching > MaxFetches)
            {
                _refused.Increment();
                exchange.SetHeader("Retry-After", "5");
                page.Markup("<h2 id=\"series\">Series</h2><p class=\"error\">").Text(
                    $"{MaxFetches} pages such as this one are fetching the series of their targets, and no more do so at once: try again in a few seconds.")
                    .Markup("</p>");
                return false;
            }

            _fetches.Set(fetching);
            await WriteSeriesAsync(page, exchange, job, loop, discovered);
            return true;
        }
        finally
        {
            _fetches.Set(Math.Min(MaxFetches, Interlocked.Decrement(ref _fetching)));
        }
    }

    private async Task WriteSeriesAsync(
        PageWriter page, HttpExchange exchange, ScrapeJob job, ScrapeLoop loop, Labels discovered)
    {
        string series = exchange.Query("series");
        string part = exchange.Query("part");
        string id = IdOf(discovered);
        page.Markup("<h2 id=\"series\">Series</h2>");
        WriteForm(page, job.Name, id, "series", series, "a series, such as http_requests_total{code=&quot;200&quot;}", "Follow");
        if (series.Length > 0)
        {
            WriteTrace(page, job, SeriesTrace.Of(series, loop.Target.PublicLabels, job));
        }

        page.Markup("<h2>Series that the target has now</h2>");
        WriteForm(page, job.Name, id, "part", part, "part of a name or label", "Search");
        IReadOnlyList<string> texts = await loop.FindSeriesAsync(part, MaxSeries, exchange.Aborted);
        if (texts.Count == 0)
        {
            page.Markup("<p class=\"quiet\">").Text(part.Length > 0 ? "None has it." : "None, or it does not answer as it should.").Markup("</p>");
            return;
        }

        page.Markup("<ul class=\"series\">");
        foreach (string text in texts)
        {
            SeriesTrace trace = SeriesTrace.Of(text, loop.Target.PublicLabels, job);
            string link = $"{LinkTo(job.Name, discovered)}&part={Uri.EscapeDataString(part)}&series={Uri.EscapeDataString(text)}#series";
            page.Markup("<li>").Link(link, text)
                .Markup(trace.Result is null ? " <span class=\"state down\">dropped</span></li>" : "</li>");
        }

        page.Markup("</ul>");
        if (texts.Count == MaxSeries)
        {
            page.Markup("<p class=\"quiet\">").Text($"The first {MaxSeries}: search for a part of a name to see others.").Markup("</p>");
        }
    }

    private void WriteTrace(PageWriter page, ScrapeJob job, SeriesTrace trace)
    {
        if (trace.Scraped is null)
        {
            page.Markup("<p class=\"error\">").Text(trace.Problem ?? "").Markup("</p>");
            return;
        }

        page.Markup("<h3>With the target's labels</h3><p>");
        RelabelStepsTable.WriteLabels(page, trace.Scraped);
        page.Markup("</p><h3>Metric relabelling</h3>");
        RelabelStepsTable.Write(page, "metric_relabel_configs", trace.Steps, job.MetricRelabelRules.Length);
        if (trace.Result is not { } stored)
        {
            page.Markup("<p><span class=\"state down\">not stored</span> <span class=\"error\">")
                .Text(trace.Problem is { } problem ? $"the whole scrape fails: {problem}" : "a rule dropped it").Markup("</span></p>");
            return;
        }

        page.Markup("<h3>Stored</h3><p>");
        RelabelStepsTable.WriteLabels(page, stored);
        page.Markup("</p>");
        foreach (QueueManager queue in destinations())
        {
            WriteDestination(page, queue.Options, stored);
        }
    }

    private static void WriteDestination(PageWriter page, DestinationOptions destination, Labels stored)
    {
        LabelsBuilder builder = new();
        builder.Reset(stored);
        foreach (LabelPair label in destination.ExternalLabels)
        {
            if (!builder.TryGet(label.Name, out _))
            {
                builder.Append(label.Name, label.Value);
            }
        }

        Labels sent = builder.Build();
        IReadOnlyList<RelabelStep> steps = RelabelTrace.Run(sent, destination.WriteRelabelRules);
        page.Markup("<h3>To ").Text(destination.Name).Markup("</h3>");
        if (destination.WriteRelabelRules.Count > 0)
        {
            RelabelStepsTable.Write(page, "write_relabel_configs", steps, destination.WriteRelabelRules.Count);
        }

        page.Markup("<p>");
        if (RelabelTrace.ResultOf(sent, steps) is { } result)
        {
            page.Markup("<span class=\"state up\">sent as</span> ");
            RelabelStepsTable.WriteLabels(page, result);
        }
        else
        {
            page.Markup("<span class=\"state down\">not sent</span>");
        }

        page.Markup("</p>");
    }

    private static void WriteForm(
        PageWriter page, string job, string id, string field, string value, string placeholder, string button) =>
        page.Markup("<form method=\"get\" action=\".").Markup(Path).Markup("#series\"><input type=\"hidden\" name=\"job\" value=\"").Text(job)
            .Markup("\"><input type=\"hidden\" name=\"id\" value=\"").Text(id)
            .Markup("\"><input name=\"").Markup(field).Markup("\" value=\"").Text(value)
            .Markup("\" placeholder=\"").Markup(placeholder).Markup("\" aria-label=\"").Markup(placeholder).Markup("\"><button>")
            .Markup(button).Markup("</button></form>");
}
