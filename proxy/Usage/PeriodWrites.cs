using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Usage;

/// <summary>What was written of one metric within one period.</summary>
internal struct PeriodWrites()
{
    /// <summary>Samples and native histograms; an estimate where writes were passed over.</summary>
    public double Samples { get; set; }

    /// <summary>The series that they belong to; null for none.</summary>
    public DistinctCounter? Series { get; set; }
}
