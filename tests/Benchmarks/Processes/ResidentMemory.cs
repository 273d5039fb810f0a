using System.Diagnostics;
using System.Globalization;

namespace AmpEdge.Benchmarks.Processes;

/// <summary>What the system counts for a process without a walk over its pages, as often as wanted.</summary>
/// <param name="NowMiB">Resident memory now.</param>
/// <param name="PeakMiB">The most there was.</param>
internal readonly record struct ResidentMemory(double NowMiB, double PeakMiB)
{
    private const double KibibytesPerMebibyte = 1024;

    public static ResidentMemory Of(Process process)
    {
        double now = 0;
        double peak = 0;
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/status")))
        {
            string[] parts = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (parts is [string name, string value, "kB"])
            {
                double mebibytes = double.Parse(value, CultureInfo.InvariantCulture) / KibibytesPerMebibyte;
                now = name == "VmRSS:" ? mebibytes : now;
                peak = name == "VmHWM:" ? mebibytes : peak;
            }
        }

        return new ResidentMemory(now, peak);
    }
}
