using System.Globalization;

namespace AmpEdge.Hosting;

/// <summary>What Linux allows this process.</summary>
internal static class ProcessLimit
{
    private const string LimitsFile = "/proc/self/limits";

    /// <summary>The soft limit of a row, infinite when there is none; null where the system keeps no such file.</summary>
    public static double? Soft(string row)
    {
        if (!File.Exists(LimitsFile))
        {
            return null;
        }

        foreach (string line in File.ReadLines(LimitsFile))
        {
            if (line.StartsWith(row, StringComparison.Ordinal))
            {
                string soft = line[row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
                return double.TryParse(soft, CultureInfo.InvariantCulture, out double value) ? value : double.PositiveInfinity;
            }
        }

        return null;
    }
}
