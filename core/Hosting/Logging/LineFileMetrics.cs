namespace AmpEdge.Hosting;

/// <summary>What a <see cref="LineFile"/> counts, under the names of whoever has it.</summary>
/// <param name="Enabled">1 while there is a file.</param>
/// <param name="Failures">Lines that could not be written.</param>
/// <param name="Dropped">Lines that found the queue full.</param>
public sealed record LineFileMetrics(GaugeMetric Enabled, CounterMetric Failures, CounterMetric Dropped);
