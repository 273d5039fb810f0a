using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Cost;

/// <summary>The series that have a label of one name, and how many values it takes.</summary>
internal sealed class LabelTally : Tally
{
    public DistinctCounter Values { get; } = new();
}
