using System.Globalization;
using System.Text.Json;
using AmpEdge.Agent.Api;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Cost;

/// <summary>
/// <c>GET /api/v1/status/cardinality?limit=20</c>: series, samples per second and monthly cost by job, target, metric and label
/// name, the dearest first, and what drop rules save.
/// </summary>
internal sealed class CardinalityEndpoint(CostReporter reporter, QuotaWatch quotas)
{
    private const int DefaultLimit = 20;

    public Task AnswerAsync(HttpExchange exchange)
    {
        string asked = exchange.Query("limit");
        int limit = DefaultLimit;
        if (asked.Length > 0
            && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit < 1))
        {
            return ApiAnswer.BadDataAsync(
                exchange, $"invalid parameter \"limit\": got \"{asked}\", allowed is a whole number above 0");
        }

        CostReport report = reporter.Current();
        return ApiAnswer.SuccessAsync(exchange, json => Write(json, report, limit));
    }

    private void Write(Utf8JsonWriter json, CostReport report, int limit)
    {
        json.WriteStartObject();
        json.WriteString("currency", report.Prices.Currency);
        WriteShare(json, report.Total);
        WriteRounded(json, "monthlyIngestionCost", report.IngestionCost);
        WriteRounded(json, "monthlyStorageCost", report.StorageCost);
        WriteRows(json, "jobs", report.Jobs, limit, static (json, job) =>
        {
            json.WriteString("job", job.Job);
            json.WriteNumber("targets", job.Targets);
            WriteShare(json, job.Share);
        });
        WriteRows(json, "targets", report.Targets, limit, static (json, target) =>
        {
            json.WriteString("job", target.Job);
            json.WriteString("instance", target.Instance);
            WriteShare(json, target.Share);
        });
        WriteRows(json, "metrics", report.Metrics, limit, WriteMetric);
        WriteRows(json, "labelNames", report.LabelNames, limit, static (json, label) =>
        {
            json.WriteString("name", label.Name);
            json.WriteNumber("values", label.Values);
            WriteShare(json, label.Share);
        });
        WriteRows(json, "dropRules", report.Rules, limit, WriteRule);
        WriteRows(json, "quotas", quotas.Readings, int.MaxValue, static (json, quota) =>
        {
            json.WriteString("destination", quota.Destination);
            json.WriteString("quota", quota.Quota);
            WriteRounded(json, "used", quota.Used);
            json.WriteNumber("limit", quota.Limit);
        });
        json.WriteEndObject();
    }

    private static void WriteMetric(Utf8JsonWriter json, MetricCost metric)
    {
        json.WriteString("name", metric.Name);
        json.WriteStartArray("jobs");
        foreach (string job in metric.Jobs)
        {
            json.WriteStringValue(job);
        }

        json.WriteEndArray();
        WriteShare(json, metric.Share);
        WriteRounded(json, "monthlySaving", metric.Saving);
        json.WriteString("dropRule", DropRule.For("metric_relabel_configs", metric.Name));
    }

    private static void WriteRule(Utf8JsonWriter json, RuleSaving rule)
    {
        json.WriteString("job", rule.Job);
        json.WriteNumber("index", rule.Index);
        json.WriteString("action", RelabelRule.NameOf(rule.Rule.Action));
        json.WriteString("regex", rule.Rule.Regex);
        json.WriteNumber("series", rule.Series);
        WriteRounded(json, "samplesPerSecond", rule.SamplesPerSecond);
        WriteRounded(json, "monthlySaving", rule.Saving);
    }

    private static void WriteRows<T>(
        Utf8JsonWriter json, string name, IReadOnlyList<T> rows, int limit, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        for (int index = 0; index < rows.Count && index < limit; index++)
        {
            json.WriteStartObject();
            write(json, rows[index]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteShare(Utf8JsonWriter json, CostShare share)
    {
        json.WriteNumber("series", share.Series);
        WriteRounded(json, "samplesPerSecond", share.SamplesPerSecond);
        WriteRounded(json, "monthlyCost", share.MonthlyCost);
    }

    /// <summary>Sums of many fractions, without the digits that only their order of addition made.</summary>
    private static void WriteRounded(Utf8JsonWriter json, string name, double value) =>
        json.WriteNumber(name, Math.Round(value, 6));
}
