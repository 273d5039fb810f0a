using AmpEdge.Hosting;

namespace AmpEdge.Agent.Pages;

/// <summary><c>GET /config</c>: the configuration in force, defaults filled in, secrets hidden.</summary>
internal sealed class ConfigPage(Func<string> printConfig)
{
    public Task AnswerAsync(HttpExchange exchange) =>
        AgentSite.Page("/config", "Configuration")
            .Markup("<p class=\"quiet\">In force now, with every default filled in. Secrets are hidden.</p><pre>")
            .Text(printConfig())
            .Markup("</pre>")
            .AnswerAsync(exchange);
}
