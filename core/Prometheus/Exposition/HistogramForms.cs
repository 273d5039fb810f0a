namespace AmpEdge.Prometheus;

/// <summary>Which series a parser makes of a histogram that a page gives in more than one form.</summary>
/// <param name="Native">Whether native histograms are taken; else only the classic form is.</param>
/// <param name="AlwaysClassic">Whether the classic form is taken beside the native one.</param>
public readonly record struct HistogramForms(bool Native, bool AlwaysClassic);
