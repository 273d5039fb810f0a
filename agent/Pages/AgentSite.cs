using AmpEdge.Hosting;

namespace AmpEdge.Agent.Pages;

/// <summary>The agent's pages and their navigation.</summary>
internal static class AgentSite
{
    private static readonly PageSite s_site = new(
        "AmpEdge Agent",
        [
            ("/", "Overview"), ("/targets", "Targets"), ("/service-discovery", "Discovery"), ("/cost", "Cost"),
            ("/status", "Status"), ("/config", "Configuration"), ("/metrics", "Metrics"),
        ]);

    /// <summary>Begins a page; the parameters are those of <see cref="PageWriter"/>.</summary>
    public static PageWriter Page(string path, string title, string folder = "./") => new(s_site, path, title, folder);
}
