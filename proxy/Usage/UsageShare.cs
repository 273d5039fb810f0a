namespace AmpEdge.Proxy.Usage;

/// <summary>What some metrics amount to.</summary>
/// <param name="Metrics">How many there are.</param>
/// <param name="Series">Their series.</param>
/// <param name="SamplesPerSecond">Their samples.</param>
/// <param name="MonthlyCost">Their price, in the table's currency: for unused ones, what the whole falls by without them.</param>
internal readonly record struct UsageShare(int Metrics, long Series, double SamplesPerSecond, double MonthlyCost);
