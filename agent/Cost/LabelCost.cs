namespace AmpEdge.Agent.Cost;

/// <param name="Name">The label name.</param>
/// <param name="Values">How many values it takes; above some hundred an estimate within a few percent.</param>
/// <param name="Share">What the series that have it amount to.</param>
internal sealed record LabelCost(string Name, long Values, CostShare Share);
