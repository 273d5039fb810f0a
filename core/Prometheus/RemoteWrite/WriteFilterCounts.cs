namespace AmpEdge.Prometheus;

/// <summary>What relabel rules did to a remote write message.</summary>
public record struct WriteFilterCounts
{
    /// <summary>Series that went on as they were.</summary>
    public int Kept { get; set; }

    /// <summary>Series that went on with other labels.</summary>
    public int Changed { get; set; }

    /// <summary>Series that were left out.</summary>
    public int Dropped { get; set; }

    /// <summary>Float samples of what was left out.</summary>
    public int DroppedSamples { get; set; }

    /// <summary>Native histograms of what was left out.</summary>
    public int DroppedHistograms { get; set; }

    /// <summary>Exemplars of what was left out.</summary>
    public int DroppedExemplars { get; set; }

    /// <summary>Metadata of version 1.0, which is not about any series and goes on.</summary>
    public int Metadata { get; set; }

    /// <summary>True when nothing is left to be sent.</summary>
    public readonly bool IsEmpty => Kept + Changed + Metadata == 0;
}
