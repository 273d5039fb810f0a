using System.Globalization;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Tsdb;

/// <summary>
/// What an active series costs: 100,000 series of ten labels with an hour of samples at 15 s. Prints the head's own sum
/// and the process's growth; the time is of no interest.
/// </summary>
public class MemoryPerSeries
{
    private const int SeriesCount = 100_000;
    private const int Steps = 240;

    [Benchmark]
    public long Fill()
    {
        string folder = Directory.CreateTempSubdirectory("ampedge-memory-").FullName;
        byte[][] raws = SyntheticSeries.RawForms(SeriesCount);
        long before = Environment.WorkingSet;
        using Database database = Database.Open(folder, SyntheticSeries.Options, new DiskFileSystem(), TimeProvider.System);
        SyntheticSeries.Append(database, raws, 0, 1);
        long oneSample = database.Stats().HeadBytes;
        SyntheticSeries.Append(database, raws, 1, Steps - 1);
        HeadStats stats = database.Stats();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"// per series: {oneSample / SeriesCount} bytes with one sample, {stats.HeadBytes / SeriesCount} with {Steps}; ") +
            string.Create(
                CultureInfo.InvariantCulture,
                $"process {(Environment.WorkingSet - before) / SeriesCount}; log {(double)stats.LogBytesWritten / stats.SamplesAppended:F2} bytes a sample"));
        Directory.Delete(folder, recursive: true);
        return stats.HeadBytes;
    }
}
