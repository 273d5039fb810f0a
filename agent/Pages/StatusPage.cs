using System.Globalization;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Pages;

/// <summary><c>GET /status</c>: the build, the process, its configuration's last reload, and every flag.</summary>
internal sealed class StatusPage(ProgramStatus status)
{
    public Task AnswerAsync(HttpExchange exchange)
    {
        PageWriter page = AgentSite.Page("/status", "Status");
        page.Markup("<div class=\"facts\">")
            .Fact(status.Version.Version, "version")
            .Fact(PageWriter.Readable(status.Uptime), "running")
            .Fact(status.LastReloadSuccessful ? "taken" : "refused", "last configuration", status.LastReloadSuccessful ? "up" : "down")
            .Fact(PageWriter.Size(Environment.WorkingSet), "resident memory")
            .Markup("</div><div class=\"scroll\"><table class=\"plain\"><tbody>");
        Row(page, "Revision", status.Version.Revision);
        Row(page, "Runtime", status.Runtime);
        Row(page, "Started", Time(status.StartTime));
        Row(page, "Time now", Time(status.Now));
        Row(page, "Host", Environment.MachineName);
        Row(page, "Working folder", Environment.CurrentDirectory);
        Row(page, "Configuration file", status.ConfigFile);
        Row(page, "Configuration taken", Time(status.LastReload));
        Row(page, "Buffer keeps", status.Retention);
        Row(page, "Processors", PageWriter.Readable(Environment.ProcessorCount));
        Row(page, "Threads of the pool", PageWriter.Readable(ThreadPool.ThreadCount));
        Row(page, "Managed heap", PageWriter.Size(GC.GetTotalMemory(forceFullCollection: false)));
        Row(page, "Memory there is", PageWriter.Size(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
        page.Markup("</tbody></table></div><h2>Flags</h2><div class=\"scroll\"><table class=\"plain\"><tbody>");
        foreach ((string name, string value) in status.Flags)
        {
            Row(page, "--" + name, value);
        }

        page.Markup("</tbody></table></div>");
        return page.AnswerAsync(exchange);
    }

    private static void Row(PageWriter page, string name, string value) =>
        page.Markup("<tr><th>").Text(name).Markup("</th><td>").Text(value).Markup("</td></tr>");

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
