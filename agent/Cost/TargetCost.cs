namespace AmpEdge.Agent.Cost;

/// <param name="Job">The job.</param>
/// <param name="Instance">The target's <c>instance</c> label, or its address where it has none.</param>
/// <param name="Share">What its series amount to.</param>
internal sealed record TargetCost(string Job, string Instance, CostShare Share);
