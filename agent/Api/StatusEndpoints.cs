using System.Runtime.InteropServices;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Agent.Api;

/// <summary>The small answers of Prometheus's API about the program itself.</summary>
/// <param name="printConfig">The configuration in force as YAML, secrets hidden.</param>
/// <param name="scrapes">Knows the pools.</param>
/// <param name="version">Which build this is.</param>
internal sealed class StatusEndpoints(Func<string> printConfig, ScrapeManager scrapes, BuildVersion version)
{
    public void MapTo(RouteTable routes)
    {
        routes.Map("GET", "/api/v1/status/config", AnswerConfigAsync);
        routes.Map("GET", "/api/v1/status/buildinfo", AnswerBuildAsync);
        routes.Map("GET", "/api/v1/scrape_pools", AnswerPoolsAsync);
    }

    private Task AnswerConfigAsync(HttpContext context) => ApiAnswer.SuccessAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteString("yaml", printConfig());
        json.WriteEndObject();
    });

    private Task AnswerBuildAsync(HttpContext context) => ApiAnswer.SuccessAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteString("version", version.Version);
        json.WriteString("revision", version.Revision);
        json.WriteString("branch", "");
        json.WriteString("buildUser", "");
        json.WriteString("buildDate", "");
        json.WriteString("goVersion", RuntimeInformation.FrameworkDescription);
        json.WriteEndObject();
    });

    private Task AnswerPoolsAsync(HttpContext context) => ApiAnswer.SuccessAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("scrapePools");
        foreach (PoolSnapshot pool in scrapes.Snapshot())
        {
            json.WriteStringValue(pool.Job);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
