namespace AmpEdge.Benchmarks.Agents;

/// <summary>What arrived at the sink.</summary>
internal sealed class DeliveredSamples
{
    /// <summary>Of all bodies, metadata included.</summary>
    public long Bytes { get; set; }

    /// <summary>Of all series, repetitions included.</summary>
    public long AllSamples { get; set; }

    /// <summary>Of the targets' series, each once.</summary>
    public long Distinct { get; set; }

    /// <summary>Of the targets' series, beyond the first.</summary>
    public long Repeated { get; set; }
}
