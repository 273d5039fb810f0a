using System.Globalization;
using System.Text.Json;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Api;

/// <summary>
/// <c>GET /api/v1/targets?state=active|dropped|any&amp;scrapePool=JOB</c>: what is scraped and what relabelling dropped, in
/// Prometheus's shape.
/// </summary>
/// <param name="scrapes">Knows the targets.</param>
/// <param name="externalHost">The name under which others reach this machine; it stands for loopback in <c>globalUrl</c>.</param>
internal sealed class TargetsEndpoint(ScrapeManager scrapes, string externalHost)
{
    private const string NeverScraped = "0001-01-01T00:00:00Z";

    public Task AnswerAsync(HttpExchange exchange)
    {
        string state = exchange.Query("state").ToLowerInvariant();
        string pool = exchange.Query("scrapePool");
        IReadOnlyList<PoolSnapshot> all = scrapes.Snapshot();
        List<PoolSnapshot> pools = [];
        foreach (PoolSnapshot snapshot in all)
        {
            if (pool.Length == 0 || snapshot.Job == pool)
            {
                pools.Add(snapshot);
            }
        }

        return ApiAnswer.SuccessAsync(exchange, json => Write(json, all, pools, state));
    }

    /// <summary>The counts are those of all pools, whichever was asked for, as Prometheus has it.</summary>
    private void Write(Utf8JsonWriter json, IReadOnlyList<PoolSnapshot> all, List<PoolSnapshot> pools, string state)
    {
        json.WriteStartObject();
        json.WriteStartArray("activeTargets");
        if (state is "" or "any" or "active")
        {
            foreach (PoolSnapshot pool in pools)
            {
                foreach (Target target in pool.Active)
                {
                    WriteActive(json, pool.Job, target);
                }
            }
        }

        json.WriteEndArray();
        json.WriteStartArray("droppedTargets");
        if (state is "" or "any" or "dropped")
        {
            foreach (PoolSnapshot pool in pools)
            {
                foreach (Labels dropped in pool.Dropped)
                {
                    json.WriteStartObject();
                    LabelsJson.Write(json, "discoveredLabels", dropped);
                    json.WriteString("scrapePool", pool.Job);
                    json.WriteEndObject();
                }
            }
        }

        json.WriteEndArray();
        WriteDroppedCounts(json, all, state);
        json.WriteEndObject();
    }

    private static void WriteDroppedCounts(Utf8JsonWriter json, IReadOnlyList<PoolSnapshot> pools, string state)
    {
        if (state == "active")
        {
            json.WriteNull("droppedTargetCounts");
            return;
        }

        json.WriteStartObject("droppedTargetCounts");
        foreach (PoolSnapshot pool in pools)
        {
            json.WriteNumber(pool.Job, pool.DroppedCount);
        }

        json.WriteEndObject();
    }

    private void WriteActive(Utf8JsonWriter json, string pool, Target target)
    {
        TargetStatus status = target.Status;
        json.WriteStartObject();
        LabelsJson.Write(json, "discoveredLabels", target.DiscoveredLabels);
        LabelsJson.Write(json, "labels", target.PublicLabels);
        json.WriteString("scrapePool", pool);
        json.WriteString("scrapeUrl", target.Url.AbsoluteUri);
        json.WriteString("globalUrl", GlobalUrl(target.Url));
        json.WriteString("lastError", status.LastError);
        json.WriteString("lastScrape", Time(status.LastScrape));
        json.WriteNumber("lastScrapeDuration", status.LastDuration.TotalSeconds);
        json.WriteString("health", HealthName(status.Health));
        json.WriteString("scrapeInterval", PrometheusDuration.Format(target.Interval));
        json.WriteString("scrapeTimeout", PrometheusDuration.Format(target.Timeout));
        json.WriteEndObject();
    }

    /// <summary>The words for health that Prometheus uses.</summary>
    public static string HealthName(TargetHealth health) => health switch
    {
        TargetHealth.Up => "up",
        TargetHealth.Down => "down",
        _ => "unknown",
    };

    private string GlobalUrl(Uri url) =>
        url.IsLoopback ? new UriBuilder(url) { Host = externalHost }.Uri.AbsoluteUri : url.AbsoluteUri;

    private static string Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture) ?? NeverScraped;
}
