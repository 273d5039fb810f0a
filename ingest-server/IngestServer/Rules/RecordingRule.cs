using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Rules;

/// <summary>A rule that records the result of its expression under a name of its own.</summary>
internal sealed class RecordingRule(RuleDefinition definition) : IRule
{
    private readonly string _expression = definition.Expr.ToString();

    public RuleDefinition Definition => definition;

    public async Task<IReadOnlyList<RuleSample>> EvaluateAsync(
        IRuleQuerier querier, long timeMs, long offsetMs, int limit, CancellationToken cancel)
    {
        IReadOnlyList<RuleSample> results = await RuleVector.QueryAsync(querier, _expression, timeMs - offsetMs, cancel)
            .ConfigureAwait(false);
        List<RuleSample> samples = new(results.Count);
        HashSet<Labels> known = [];
        LabelsBuilder builder = new();
        foreach (RuleSample result in results)
        {
            builder.Reset(result.Labels);
            builder.Set(LabelNames.MetricName, definition.Record);
            foreach ((string name, string value) in definition.Labels)
            {
                builder.Set(name, value);
            }

            Labels labels = builder.Build();
            if (!known.Add(labels))
            {
                throw new RuleFailedException(
                    "vector contains metrics with the same labelset after applying rule labels");
            }

            samples.Add(result with { Labels = labels });
        }

        return limit == 0 || samples.Count <= limit
            ? samples
            : throw new RuleFailedException($"exceeded limit of {limit} with {samples.Count} series");
    }
}
