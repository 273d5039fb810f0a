namespace AmpEdge.Agent.Cost;

internal sealed record JobCost(string Job, int Targets, CostShare Share);
