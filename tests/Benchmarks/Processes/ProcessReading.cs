using System.Diagnostics;
using System.Globalization;

namespace AmpEdge.Benchmarks.Processes;

/// <summary>What a process has used by now.</summary>
internal readonly record struct ProcessReading(TimeSpan CpuTime, double RssMiB, double PssMiB, double PrivateDirtyMiB)
{
    private const double KibibytesPerMebibyte = 1024;

    public static ProcessReading Of(Process process)
    {
        process.Refresh();
        double rss = 0;
        double pss = 0;
        double dirty = 0;
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/smaps_rollup");
        foreach (string line in File.ReadLines(path))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts is [string name, string value, "kB"])
            {
                double mebibytes = double.Parse(value, CultureInfo.InvariantCulture) / KibibytesPerMebibyte;
                rss = name == "Rss:" ? mebibytes : rss;
                pss = name == "Pss:" ? mebibytes : pss;
                dirty = name == "Private_Dirty:" ? mebibytes : dirty;
            }
        }

        return new ProcessReading(process.TotalProcessorTime, rss, pss, dirty);
    }
}
