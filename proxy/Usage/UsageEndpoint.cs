using System.Globalization;
using System.Text.Json;
using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Usage;

/// <summary>
/// <c>GET /api/v1/usage</c> (parameters <c>workspace</c>, <c>unused=true</c>, <c>limit</c>) and <c>GET /api/v1/usage/drop_rules</c>
/// (<c>workspace</c>, <c>min_saving</c>).
/// </summary>
internal sealed class UsageEndpoint(Func<UsageReport> report)
{
    public void MapTo(RouteTable routes)
    {
        routes.Map("GET", "/api/v1/usage", AnswerAsync);
        routes.Map("GET", "/api/v1/usage/drop_rules", AnswerRulesAsync);
        routes.Map("GET", "/usage", new UsagePage(report).AnswerAsync);
    }

    private Task AnswerAsync(HttpExchange exchange)
    {
        string asked = exchange.Query("limit");
        int limit = int.MaxValue;
        if (asked.Length > 0
            && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit < 1))
        {
            return ApiAnswer.BadDataAsync(
                exchange, $"invalid parameter \"limit\": got \"{asked}\", allowed is a whole number above 0");
        }

        string unused = exchange.Query("unused");
        if (unused is not ("" or "true" or "false"))
        {
            return ApiAnswer.BadDataAsync(
                exchange, $"invalid parameter \"unused\": got \"{unused}\", allowed are true and false");
        }

        string? workspace = WorkspaceOf(exchange);
        UsageReport current = report();
        return ApiAnswer.SuccessAsync(exchange, json => Write(json, current, workspace, unused == "true", limit));
    }

    private Task AnswerRulesAsync(HttpExchange exchange)
    {
        string asked = exchange.Query("min_saving");
        double minSaving = 0;
        if (asked.Length > 0
            && (!double.TryParse(asked, NumberStyles.Float, CultureInfo.InvariantCulture, out minSaving) || !double.IsFinite(minSaving)))
        {
            return ApiAnswer.BadDataAsync(
                exchange, $"invalid parameter \"min_saving\": got \"{asked}\", allowed is a number such as 0.5");
        }

        exchange.SetHeader("Content-Disposition", "attachment; filename=\"drop-unused-metrics.yml\"");
        exchange.SetHeader("Cache-Control", "no-store");
        return exchange.WriteAsync(
            200, "application/yaml; charset=utf-8", UsageDropRules.Of(report(), WorkspaceOf(exchange), minSaving));
    }

    /// <summary>Null when none is asked for; an empty one is that of paths which name none.</summary>
    private static string? WorkspaceOf(HttpExchange exchange) =>
        exchange.Target.RawQuery.Contains("workspace=", StringComparison.Ordinal) ? exchange.Query("workspace") : null;

    private static void Write(Utf8JsonWriter json, UsageReport report, string? workspace, bool onlyUnused, int limit)
    {
        json.WriteStartObject();
        json.WriteString("time", report.Time.UtcDateTime);
        json.WriteString("currency", report.Prices.Currency);
        WriteRounded(json, "watchedSeconds", report.Watched.TotalSeconds);
        json.WriteNumber("observers", report.Observers);
        json.WriteString("unusedAfter", PrometheusDuration.Format(report.UnusedAfter));
        WriteShare(json, "total", report.Total, "monthlyCost");
        WriteShare(json, "unused", report.Unused, "monthlySaving");
        json.WriteStartObject("notTakenIntoAccount");
        for (int loss = 0; loss < report.Losses.Count; loss++)
        {
            json.WriteNumber(NameOf((UsageLoss)loss), report.Losses[loss]);
        }

        json.WriteEndObject();
        json.WriteStartArray("readsOfEverything");
        foreach (OpenRead read in report.OpenReads)
        {
            json.WriteStartObject();
            json.WriteString("workspace", read.Workspace);
            json.WriteString("selector", read.Selector);
            WriteReaders(json, read.Readers);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("metrics");
        int written = 0;
        foreach (UsageRow row in report.Metrics)
        {
            if ((workspace is null || row.Workspace == workspace) && (row.IsUnused || !onlyUnused) && written++ < limit)
            {
                WriteRow(json, row);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter json, UsageRow row)
    {
        json.WriteStartObject();
        json.WriteString("workspace", row.Workspace);
        json.WriteString("name", row.Name);
        json.WriteBoolean("unused", row.IsUnused);
        json.WriteNumber("series", row.Series);
        WriteRounded(json, "samplesPerSecond", row.SamplesPerSecond);
        WriteRounded(json, "monthlyCost", row.MonthlyCost);
        WriteRounded(json, "monthlySaving", row.MonthlySaving);
        json.WriteString("lastWritten", row.LastWritten.UtcDateTime);
        if (row.LastRead is { } lastRead)
        {
            json.WriteString("lastQueried", lastRead.UtcDateTime);
        }
        else
        {
            json.WriteNull("lastQueried");
        }

        json.WriteNumber("queries", row.Reads);
        WriteReaders(json, row.Readers);
        json.WriteEndObject();
    }

    private static void WriteReaders(Utf8JsonWriter json, IReadOnlyList<ReadCount> readers)
    {
        json.WriteStartArray("readers");
        foreach (ReadCount reader in readers)
        {
            json.WriteStartObject();
            json.WriteString("kind", ReaderKindNames.Of(reader.Kind));
            json.WriteNumber("count", reader.Count);
            json.WriteString("last", DateTimeOffset.FromUnixTimeMilliseconds(reader.LastMs).UtcDateTime);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteShare(Utf8JsonWriter json, string name, UsageShare share, string price)
    {
        json.WriteStartObject(name);
        json.WriteNumber("metrics", share.Metrics);
        json.WriteNumber("series", share.Series);
        WriteRounded(json, "samplesPerSecond", share.SamplesPerSecond);
        WriteRounded(json, price, share.MonthlyCost);
        json.WriteEndObject();
    }

    private static string NameOf(UsageLoss loss) => loss switch
    {
        UsageLoss.PassedOverWrites => "writesPassedOver",
        UsageLoss.UnreadableWrites => "unreadableWrites",
        UsageLoss.DroppedReads => "droppedReads",
        UsageLoss.UnreadableQueries => "unreadableQueries",
        UsageLoss.MetricsOverBound => "seriesOverBound",
        UsageLoss.ReadsOverBound => "readsOverBound",
        _ => "workspacesOverBound",
    };

    /// <summary>Sums of many fractions, without the digits that only their order of addition made.</summary>
    private static void WriteRounded(Utf8JsonWriter json, string name, double value) =>
        json.WriteNumber(name, Math.Round(value, 6));
}
