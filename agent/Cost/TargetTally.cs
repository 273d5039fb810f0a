using AmpEdge.Agent.Scrape;

namespace AmpEdge.Agent.Cost;

/// <summary>The series of one target.</summary>
internal sealed class TargetTally(string job, Target target) : Tally
{
    public string Job => job;

    public Target Target => target;
}
