namespace AmpEdge.Prometheus;

/// <summary>What one rule did to one label set.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Before">The labels that it found.</param>
/// <param name="After">The labels that it left; those that it found when it drops them.</param>
/// <param name="IsDropped">True when the rule drops the labels; no further rule is tried then.</param>
public sealed record RelabelStep(RelabelRule Rule, Labels Before, Labels After, bool IsDropped)
{
    /// <summary>True when the rule changed nothing and dropped nothing.</summary>
    public bool IsIdle => !IsDropped && Before.Equals(After);
}
