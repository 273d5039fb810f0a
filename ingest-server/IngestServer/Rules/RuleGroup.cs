using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Rules;

/// <summary>
/// A group of rules at work. Each evaluation runs the rules in their order, so that a rule sees what those before it have
/// recorded, and marks series that are there no longer as stale.
/// </summary>
internal sealed class RuleGroup
{
    private readonly HashSet<Labels>[] _lastSeries;

    public RuleGroup(
        RuleGroupDefinition definition, IReadOnlyDictionary<string, string> externalLabels, string externalUrl)
    {
        Definition = definition;
        List<IRule> rules = [];
        foreach (RuleDefinition rule in definition.Rules)
        {
            rules.Add(rule.IsAlert ? new AlertingRule(rule, externalLabels, externalUrl) : new RecordingRule(rule));
        }

        Rules = rules;
        _lastSeries = new HashSet<Labels>[rules.Count];
        Array.Fill(_lastSeries, []);
    }

    public RuleGroupDefinition Definition { get; }

    public IReadOnlyList<IRule> Rules { get; }

    /// <summary>Evaluates all rules at a time; the failures of those that failed, which keep no other from running.</summary>
    public async Task<IReadOnlyList<RuleFailure>> EvaluateAsync(
        IRuleQuerier querier, IRuleSink sink, long timeMs, CancellationToken cancel)
    {
        long offsetMs = (long)(Definition.QueryOffset ?? TimeSpan.Zero).TotalMilliseconds;
        List<RuleFailure> failures = [];
        for (int index = 0; index < Rules.Count; index++)
        {
            try
            {
                IReadOnlyList<RuleSample> samples = await Rules[index].EvaluateAsync(
                    querier, timeMs, offsetMs, Definition.Limit, cancel).ConfigureAwait(false);
                Record(index, samples, sink, timeMs - offsetMs);
            }
            catch (RuleFailedException failure)
            {
                failures.Add(new RuleFailure(Rules[index].Definition.Name, failure.Message));
            }
        }

        return failures;
    }

    private void Record(int rule, IReadOnlyList<RuleSample> samples, IRuleSink sink, long timestampMs)
    {
        HashSet<Labels> series = [];
        foreach (RuleSample sample in samples)
        {
            series.Add(sample.Labels);
            sink.Append(in sample);
        }

        foreach (Labels gone in _lastSeries[rule])
        {
            if (!series.Contains(gone))
            {
                sink.Append(new RuleSample(gone, timestampMs, StaleMarker.Value));
            }
        }

        _lastSeries[rule] = series;
    }
}
