namespace AmpEdge.Agent.Cost;

/// <param name="Name">The metric name.</param>
/// <param name="Jobs">The jobs whose targets expose it.</param>
/// <param name="Share">What its series amount to.</param>
/// <param name="Saving">By how much the whole monthly price falls without it.</param>
internal sealed record MetricCost(string Name, IReadOnlyList<string> Jobs, CostShare Share, double Saving);
