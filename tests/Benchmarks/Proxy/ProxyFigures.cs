using System.Globalization;
using System.Linq;

namespace AmpEdge.Benchmarks.Proxy;

/// <summary>What one proxy took for one workload; prints as a row of a table.</summary>
internal sealed record ProxyFigures
{
    public const string Header =
        "| proxy | requests/s | CPU ms/request (each round) | p50 / p99 ms | RSS MiB at rest / after / peak |\n"
        + "| --- | --- | --- | --- | --- |";

    public required string Proxy { get; init; }

    /// <summary>At saturation, of all rounds together.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>CPU time of the process over the requests of all rounds together.</summary>
    public required double CpuMs { get; init; }

    /// <summary>The same of each round, to see how quiet the machine was.</summary>
    public required IReadOnlyList<double> CpuMsOfRounds { get; init; }

    public required double MedianMs { get; init; }

    public required double P99Ms { get; init; }

    /// <summary>Answering since two seconds, nothing forwarded yet.</summary>
    public required double RestMiB { get; init; }

    /// <summary>Two seconds after the last request.</summary>
    public required double AfterMiB { get; init; }

    public required double PeakMiB { get; init; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Proxy} | {RequestsPerSecond:0} | {CpuMs:0.000} ({Rounds()}) | {MedianMs:0.00} / {P99Ms:0.00} | {RestMiB:0} / {AfterMiB:0} / {PeakMiB:0} |");

    private string Rounds() => string.Join(
        ' ', CpuMsOfRounds.Select(ms => ms.ToString("0.000", CultureInfo.InvariantCulture)));
}
