using System.Globalization;
using System.Text.Json;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Api;

/// <summary>The small answers of Prometheus's API about the program itself.</summary>
internal sealed class StatusEndpoints(ProgramStatus status, ScrapeManager scrapes)
{
    public void MapTo(RouteTable routes)
    {
        routes.Map("GET", "/api/v1/status/config", AnswerConfigAsync);
        routes.Map("GET", "/api/v1/status/flags", AnswerFlagsAsync);
        routes.Map("GET", "/api/v1/status/buildinfo", AnswerBuildAsync);
        routes.Map("GET", "/api/v1/status/runtimeinfo", AnswerRuntimeAsync);
        routes.Map("GET", "/api/v1/scrape_pools", AnswerPoolsAsync);
    }

    private Task AnswerConfigAsync(HttpExchange exchange) => ApiAnswer.SuccessAsync(exchange, json =>
    {
        json.WriteStartObject();
        json.WriteString("yaml", status.PrintConfig());
        json.WriteEndObject();
    });

    private Task AnswerFlagsAsync(HttpExchange exchange) => ApiAnswer.SuccessAsync(exchange, json =>
    {
        json.WriteStartObject();
        foreach ((string name, string value) in status.Flags)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    });

    private Task AnswerBuildAsync(HttpExchange exchange) => ApiAnswer.SuccessAsync(exchange, json =>
    {
        json.WriteStartObject();
        json.WriteString("version", status.Version.Version);
        json.WriteString("revision", status.Version.Revision);
        json.WriteString("branch", "");
        json.WriteString("buildUser", "");
        json.WriteString("buildDate", "");
        json.WriteString("goVersion", status.Runtime);
        json.WriteEndObject();
    });

    /// <summary>The fields of Go's runtime tell of their nearest relatives here.</summary>
    private Task AnswerRuntimeAsync(HttpExchange exchange) => ApiAnswer.SuccessAsync(exchange, json =>
    {
        json.WriteStartObject();
        WriteTime(json, "startTime", status.StartTime);
        json.WriteString("CWD", Environment.CurrentDirectory);
        json.WriteString("hostname", Environment.MachineName);
        WriteTime(json, "serverTime", status.Now);
        json.WriteBoolean("reloadConfigSuccess", status.LastReloadSuccessful);
        WriteTime(json, "lastConfigTime", status.LastReload);
        json.WriteNumber("corruptionCount", 0);
        json.WriteNumber("goroutineCount", ThreadPool.ThreadCount);
        json.WriteNumber("GOMAXPROCS", Environment.ProcessorCount);
        json.WriteNumber("GOMEMLIMIT", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        json.WriteString("GOGC", "");
        json.WriteString("GODEBUG", "");
        json.WriteString("storageRetention", status.Retention);
        json.WriteEndObject();
    });

    private Task AnswerPoolsAsync(HttpExchange exchange) => ApiAnswer.SuccessAsync(exchange, json =>
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

    private static void WriteTime(Utf8JsonWriter json, string property, DateTimeOffset time) =>
        json.WriteString(property, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
}
