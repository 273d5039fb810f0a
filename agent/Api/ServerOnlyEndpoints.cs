using AmpEdge.Hosting;

namespace AmpEdge.Agent.Api;

/// <summary>
/// What a Prometheus server answers from its database and rules: an agent has none, and says so as Prometheus's agent does,
/// so that a client pointed at the wrong port learns why nothing comes.
/// </summary>
internal static class ServerOnlyEndpoints
{
    private const string Reason = "unavailable with Prometheus Agent";

    private static readonly string[] s_paths =
    [
        "/api/v1/query", "/api/v1/query_range", "/api/v1/query_exemplars", "/api/v1/labels", "/api/v1/label/{name}/values",
        "/api/v1/series", "/api/v1/alertmanagers", "/api/v1/alerts", "/api/v1/rules", "/api/v1/status/tsdb",
    ];

    public static void MapTo(RouteTable routes)
    {
        foreach (string path in s_paths)
        {
            routes.Map("GET,POST", path, static exchange => ApiAnswer.CannotAsync(exchange, Reason));
        }
    }
}
