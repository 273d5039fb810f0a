using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery;

/// <summary>Targets with labels in common, from one source.</summary>
/// <param name="Source">Tells the group from others of the same discoverer: a file and index, an object's name.</param>
/// <param name="Targets">The labels of each target; <c>__address__</c> among them.</param>
/// <param name="Labels">Labels that every target gets unless it has its own.</param>
internal sealed record TargetGroup(string Source, IReadOnlyList<Labels> Targets, Labels Labels)
{
    /// <summary>True when the other group has the same targets in the same order.</summary>
    public bool HasSameTargets(TargetGroup other)
    {
        if (Labels != other.Labels || Targets.Count != other.Targets.Count)
        {
            return false;
        }

        for (int index = 0; index < Targets.Count; index++)
        {
            if (Targets[index] != other.Targets[index])
            {
                return false;
            }
        }

        return true;
    }
}
