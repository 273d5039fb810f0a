using System.Globalization;
using AmpEdge.Benchmarks.Processes;

namespace AmpEdge.Benchmarks.Agents;

/// <summary>What one agent took; prints as a row of a table.</summary>
internal sealed record AgentFigures
{
    public const string Header =
        "| agent | CPU µs/sample | RSS MiB | PSS MiB | private dirty MiB | wire bytes/sample | lost | sent twice |\n"
        + "| --- | --- | --- | --- | --- | --- | --- | --- |";

    public required string Agent { get; init; }

    public required double CpuMicrosecondsPerSample { get; init; }

    /// <summary>At the end of the measured time.</summary>
    public required ProcessReading After { get; init; }

    public required double WireBytesPerSample { get; init; }

    /// <summary>Samples on the pages that were served.</summary>
    public required long Expected { get; init; }

    /// <summary>Those of them that arrived.</summary>
    public required long Delivered { get; init; }

    public required long Repeated { get; init; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Agent} | {CpuMicrosecondsPerSample:0.00} | {After.RssMiB:0} | {After.PssMiB:0} | {After.PrivateDirtyMiB:0} | {WireBytesPerSample:0.0} | {Expected - Delivered} of {Expected} ({100.0 * (Expected - Delivered) / Math.Max(1, Expected):0.00} %) | {Repeated} |");
}
