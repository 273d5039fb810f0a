using System.Globalization;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Pages;

/// <summary><c>GET /</c>: how the agent is doing: targets, buffer, and each destination's delivery.</summary>
/// <param name="scrapes">Knows the targets.</param>
/// <param name="destinations">The queues now.</param>
/// <param name="bufferBytes">Bytes that the buffer takes on disk now.</param>
/// <param name="status">Knows version and uptime.</param>
internal sealed class OverviewPage(
    ScrapeManager scrapes,
    Func<IReadOnlyList<QueueManager>> destinations,
    Func<long> bufferBytes,
    ProgramStatus status)
{
    public Task AnswerAsync(HttpExchange exchange)
    {
        int up = 0;
        int all = 0;
        foreach (PoolSnapshot pool in scrapes.Snapshot())
        {
            foreach (Target target in pool.Active)
            {
                all++;
                up += target.Status.Health == TargetHealth.Up ? 1 : 0;
            }
        }

        PageWriter page = AgentSite.Page("/", "Overview");
        page.Markup("<div class=\"facts\">")
            .Fact($"{up} / {all}", "targets up", up == all ? "up" : "down")
            .Fact(PageWriter.Size(bufferBytes()), "buffer on disk")
            .Fact(PageWriter.Readable(status.Uptime), "running")
            .Fact(status.Version.Version, "version")
            .Markup("</div>");
        WriteDestinations(page, destinations());
        page.Markup("<h2>API</h2><p><a href=\"./api/v1/targets\">/api/v1/targets</a> · ")
            .Markup("<a href=\"./api/v1/scrape_pools\">/api/v1/scrape_pools</a> · ")
            .Markup("<a href=\"./api/v1/metadata\">/api/v1/metadata</a> · ")
            .Markup("<a href=\"./api/v1/status/runtimeinfo\">/api/v1/status/runtimeinfo</a> · ")
            .Markup("<a href=\"./api/v1/status/config\">/api/v1/status/config</a> · ")
            .Markup("<a href=\"./api/v1/status/buildinfo\">/api/v1/status/buildinfo</a> · ")
            .Markup("<a href=\"./-/healthy\">/-/healthy</a> · <a href=\"./-/ready\">/-/ready</a></p>");
        return page.AnswerAsync(exchange);
    }

    private static void WriteDestinations(PageWriter page, IReadOnlyList<QueueManager> queues)
    {
        page.Markup("<h2>Destinations</h2>");
        if (queues.Count == 0)
        {
            page.Markup("<p class=\"quiet\">The configuration names no remote_write endpoint: samples stay in the buffer.</p>");
            return;
        }

        page.Markup(
            "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th>Name</th><th>Endpoint</th><th>State</th>"
            + "<th class=\"number\">Behind</th><th class=\"number\">Delivered</th><th class=\"number\">Waiting</th>"
            + "<th class=\"number\">Shards</th><th>Problem</th></tr></thead><tbody>");
        foreach (QueueManager queue in queues)
        {
            string? problem = queue.Progress.Problem;
            string state = problem is not null ? "failing" : queue.IsLive ? "live" : "catching up";
            string cssClass = problem is not null ? "down" : queue.IsLive ? "up" : "unknown";
            page.Markup("<tr><td>").Text(queue.Name)
                .Markup("</td><td>").Text(queue.Options.ShownUrl)
                .Markup($"</td><td class=\"state {cssClass}\">").Text(state)
                .Markup("</td><td class=\"number\" data-name=\"Behind\">").Text(queue.Progress.HighestSentMs == 0 ? "–" : PageWriter.Readable(queue.Behind))
                .Markup("</td><td class=\"number\" data-name=\"Delivered\">").Text(PageWriter.Readable(queue.Progress.SamplesOut))
                .Markup("</td><td class=\"number\" data-name=\"Waiting\">").Text(PageWriter.Readable(queue.Pending))
                .Markup("</td><td class=\"number\" data-name=\"Shards\">").Text(PageWriter.Readable(queue.ShardCount))
                .Markup("</td><td class=\"error\">").Text(problem ?? queue.Progress.LastRefusal ?? "")
                .Markup("</td></tr>");
        }

        page.Markup("</tbody></table></div>");
    }
}
