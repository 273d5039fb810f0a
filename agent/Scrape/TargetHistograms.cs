using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>Which forms of histograms are taken from a target.</summary>
/// <param name="Forms">Which of those that its pages have.</param>
/// <param name="ConvertClassic">Whether classic ones become native ones with custom buckets.</param>
internal readonly record struct TargetHistograms(HistogramForms Forms, bool ConvertClassic);
