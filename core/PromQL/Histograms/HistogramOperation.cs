namespace AmpEdge.PromQL;

/// <summary>What brought histograms together, as annotations name it.</summary>
internal enum HistogramOperation
{
    Addition,
    Subtraction,
    Aggregation,
}
