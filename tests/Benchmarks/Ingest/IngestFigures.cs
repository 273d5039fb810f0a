using System.Globalization;

namespace AmpEdge.Benchmarks.Ingest;

/// <summary>What one server took; prints as a row of a table.</summary>
internal sealed record IngestFigures
{
    public const string Header =
        "| server | new series/s | samples/s | CPU s/million | RSS mean / peak MiB | log bytes/sample | block bytes/sample | replay s | lost |\n"
        + "| --- | --- | --- | --- | --- | --- | --- | --- | --- |";

    public required string Server { get; init; }

    /// <summary>While the first sample of every series came.</summary>
    public required double NewSeriesPerSecond { get; init; }

    public required double SamplesPerSecond { get; init; }

    public required double CpuSecondsPerMillion { get; init; }

    public required double MeanMiB { get; init; }

    public required double PeakMiB { get; init; }

    public required DiskUse Disk { get; init; }

    /// <summary>From the start after the kill until it says that it is ready.</summary>
    public required TimeSpan Replay { get; init; }

    /// <summary>Samples it said it had, and those sent again after the kill.</summary>
    public required long Expected { get; init; }

    /// <summary>Samples it has after the kill.</summary>
    public required long Found { get; init; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Server} | {NewSeriesPerSecond:0} | {SamplesPerSecond:0} | {CpuSecondsPerMillion:0.00} | {MeanMiB:0} / {PeakMiB:0} | {(double)Disk.LogBytes / Math.Max(1, Found):0.00} | {Blocks()} | {Replay.TotalSeconds:0.00} | {Expected - Found} of {Expected} ({100.0 * (Expected - Found) / Math.Max(1, Expected):0.00} %) |");

    /// <summary>A block format that does not say its samples has them all: there is no log.</summary>
    private string Blocks()
    {
        long samples = Disk.BlockSamples > 0 ? Disk.BlockSamples : Disk.LogBytes == 0 ? Found : 0;
        return samples == 0 ? "none yet" : ((double)Disk.BlockBytes / samples).ToString("0.00", CultureInfo.InvariantCulture);
    }
}
