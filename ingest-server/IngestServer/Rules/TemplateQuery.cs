using AmpEdge.IngestServer.Templates;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Rules;

/// <summary>Queries of templates, answered where the queries of rules are.</summary>
internal sealed class TemplateQuery(IRuleQuerier querier, long timeMs, string externalUrl, CancellationToken cancel)
    : ITemplateQuery
{
    public long TimeMs => timeMs;

    public string ExternalUrl => externalUrl;

    public IReadOnlyList<TemplateSample> Query(string expression)
    {
        try
        {
            // Expanding is synchronous as in Go; the evaluation runs on a thread of its own.
            IReadOnlyList<RuleSample> results =
                RuleVector.QueryAsync(querier, expression, timeMs, cancel).GetAwaiter().GetResult();
            List<TemplateSample> samples = new(results.Count);
            foreach (RuleSample result in results)
            {
                samples.Add(new TemplateSample(
                    MapOf(result.Labels), result.Histogram is { } histogram ? histogram : result.Value));
            }

            return samples;
        }
        catch (RuleFailedException failure)
        {
            throw new TemplateException(failure.Message);
        }
    }

    /// <summary>Labels as templates see them.</summary>
    public static SortedDictionary<string, string> MapOf(Labels labels)
    {
        SortedDictionary<string, string> map = new(StringComparer.Ordinal);
        foreach (LabelPair label in labels)
        {
            map[System.Text.Encoding.UTF8.GetString(label.Name)] = System.Text.Encoding.UTF8.GetString(label.Value);
        }

        return map;
    }
}
