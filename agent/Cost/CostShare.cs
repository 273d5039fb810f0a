namespace AmpEdge.Agent.Cost;

/// <summary>What a part of the series amounts to.</summary>
/// <param name="Series">Series of the last scrapes.</param>
/// <param name="SamplesPerSecond">Their samples.</param>
/// <param name="MonthlyCost">Their share of the whole price, in the table's currency.</param>
internal readonly record struct CostShare(long Series, double SamplesPerSecond, double MonthlyCost);
