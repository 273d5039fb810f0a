using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Cost;

/// <summary>A metric relabel rule that drops, and what it is worth.</summary>
/// <param name="Job">The job.</param>
/// <param name="Index">The rule's place in the job's <c>metric_relabel_configs</c>, from 0.</param>
/// <param name="Rule">The rule as written.</param>
/// <param name="Series">Series that it drops.</param>
/// <param name="SamplesPerSecond">Their samples.</param>
/// <param name="Saving">What they would add to the monthly price.</param>
internal sealed record RuleSaving(
    string Job, int Index, RelabelConfig Rule, long Series, double SamplesPerSecond, double Saving);
