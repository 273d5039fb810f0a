using System.Globalization;
using System.Text.Json;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Agent.Api;

/// <summary>
/// <c>GET /api/v1/targets/metadata</c> and <c>GET /api/v1/metadata</c>: what targets say of their metric families, by target
/// and by family.
/// </summary>
internal sealed class MetadataEndpoints(ScrapeManager scrapes)
{
    private const int NoLimit = -1;

    public void MapTo(RouteTable routes)
    {
        routes.Map("GET", "/api/v1/targets/metadata", AnswerByTargetAsync);
        routes.Map("GET", "/api/v1/metadata", AnswerByFamilyAsync);
    }

    public Task AnswerByTargetAsync(HttpExchange exchange)
    {
        if (!TryReadLimit(exchange, "limit", out int limit))
        {
            return ApiAnswer.BadDataAsync(exchange, "limit must be a number");
        }

        string selector = exchange.Query("match_target");
        IReadOnlyList<Matcher>? matchers = [];
        if (selector.Length > 0)
        {
            matchers = PromQLParser.ParseMetricSelector(selector, out string? error);
            if (matchers is null)
            {
                return ApiAnswer.BadDataAsync(exchange, error ?? "match_target is no selector");
            }
        }

        string metric = exchange.Query("metric");
        List<(Target, MetricMetadata)> found = Find(matchers, metric, limit);
        return found.Count == 0
            ? ApiAnswer.NotFoundAsync(exchange, "specified metadata not found")
            : ApiAnswer.SuccessAsync(exchange, json => Write(json, found, namesFamilies: metric.Length == 0));
    }

    public Task AnswerByFamilyAsync(HttpExchange exchange)
    {
        if (!TryReadLimit(exchange, "limit", out int limit))
        {
            return ApiAnswer.BadDataAsync(exchange, "limit must be a number");
        }

        if (!TryReadLimit(exchange, "limit_per_metric", out int perMetric))
        {
            return ApiAnswer.BadDataAsync(exchange, "limit_per_metric must be a number");
        }

        SortedDictionary<string, List<MetricMetadata>> families = Collect(
            exchange.Query("metric"), perMetric);
        return ApiAnswer.SuccessAsync(exchange, json =>
        {
            json.WriteStartObject();
            int written = 0;
            foreach ((string name, List<MetricMetadata> said) in families)
            {
                if (limit >= 0 && written++ >= limit)
                {
                    break;
                }

                json.WriteStartArray(name);
                foreach (MetricMetadata one in said)
                {
                    json.WriteStartObject();
                    json.WriteString("type", TypeName(one.Type));
                    json.WriteString("unit", one.Unit);
                    json.WriteString("help", one.Help);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        });
    }

    /// <summary>All families of a target belong together: the limit stops before a target, not within one.</summary>
    private List<(Target Target, MetricMetadata Family)> Find(IReadOnlyList<Matcher> matchers, string metric, int limit)
    {
        List<(Target, MetricMetadata)> found = [];
        foreach (PoolSnapshot pool in scrapes.Snapshot())
        {
            foreach (Target target in pool.Active)
            {
                if (limit >= 0 && found.Count >= limit)
                {
                    return found;
                }

                if (!Match(matchers, target.PublicLabels))
                {
                    continue;
                }

                foreach (MetricMetadata family in FamiliesOf(target, metric))
                {
                    found.Add((target, family));
                }
            }
        }

        return found;
    }

    private static void Write(Utf8JsonWriter json, List<(Target Target, MetricMetadata Family)> found, bool namesFamilies)
    {
        json.WriteStartArray();
        foreach ((Target target, MetricMetadata family) in found)
        {
            json.WriteStartObject();
            LabelsJson.Write(json, "target", target.PublicLabels);
            if (namesFamilies)
            {
                json.WriteString("metric", family.FamilyName);
            }

            json.WriteString("type", TypeName(family.Type));
            json.WriteString("help", family.Help);
            json.WriteString("unit", family.Unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private SortedDictionary<string, List<MetricMetadata>> Collect(string metric, int perMetric)
    {
        SortedDictionary<string, List<MetricMetadata>> families = new(StringComparer.Ordinal);
        foreach (PoolSnapshot pool in scrapes.Snapshot())
        {
            foreach (Target target in pool.Active)
            {
                foreach (MetricMetadata family in FamiliesOf(target, metric))
                {
                    if (!families.TryGetValue(family.FamilyName, out List<MetricMetadata>? said))
                    {
                        families.Add(family.FamilyName, said = []);
                    }

                    if (!said.Contains(family) && (perMetric <= 0 || said.Count < perMetric))
                    {
                        said.Add(family);
                    }
                }
            }
        }

        return families;
    }

    private static List<MetricMetadata> FamiliesOf(Target target, string metric)
    {
        List<MetricMetadata> families = [];
        target.Metadata.CopyTo(families);
        if (metric.Length > 0)
        {
            families.RemoveAll(family => family.FamilyName != metric);
        }

        families.Sort(static (left, right) => string.CompareOrdinal(left.FamilyName, right.FamilyName));
        return families;
    }

    private static bool Match(IReadOnlyList<Matcher> matchers, Labels labels)
    {
        foreach (Matcher matcher in matchers)
        {
            if (!matcher.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }

    private static string TypeName(MetricType type) => type.ToString().ToLowerInvariant();

    private static bool TryReadLimit(HttpExchange exchange, string key, out int limit)
    {
        limit = NoLimit;
        string text = exchange.Query(key);
        return text.Length == 0
            || int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out limit);
    }
}
