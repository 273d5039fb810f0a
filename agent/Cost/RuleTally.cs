using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Cost;

/// <summary>What one metric relabel rule of a job drops.</summary>
/// <param name="job">The job.</param>
/// <param name="index">The rule's place in the job's <c>metric_relabel_configs</c>, from 0.</param>
/// <param name="rule">The rule as written.</param>
internal sealed class RuleTally(string job, int index, RelabelConfig rule) : Tally
{
    public string Job => job;

    public int Index => index;

    public RelabelConfig Rule => rule;
}
