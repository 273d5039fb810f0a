using System.Globalization;
using System.Text;

namespace AmpEdge.Benchmarks.Exposition;

/// <summary>Pages like those of a node exporter: gauges and counters with none to three labels, numbers of all lengths.</summary>
internal static class SyntheticPage
{
    /// <summary>A page of so many samples in families of ten; <paramref name="round"/> changes the values, not the series.</summary>
    public static byte[] Of(int samples, int round)
    {
        Random random = new(samples + round);
        StringBuilder page = new();
        for (int sample = 0; sample < samples; sample++)
        {
            int family = sample / 10;
            string name = $"node_subsystem{family % 23}_metric{family}_seconds_total";
            if (sample % 10 == 0)
            {
                page.Append(CultureInfo.InvariantCulture, $"# HELP {name} Seconds that the thing of number {family} took.\n");
                page.Append(CultureInfo.InvariantCulture, $"# TYPE {name} counter\n");
            }

            string labels = (family % 4) switch
            {
                0 => $"{{index=\"{sample}\"}}",
                1 => $"{{cpu=\"{sample % 10}\",mode=\"idle\"}}",
                2 => $"{{device=\"/dev/nvme{sample % 10}n1\",fstype=\"ext4\",mountpoint=\"/mnt/volume{sample % 10}\"}}",
                _ => $"{{address=\"10.0.{family % 250}.{sample % 10}\",device=\"eth{sample % 10}\"}}",
            };
            string value = (sample % 5) switch
            {
                0 => "0",
                1 => random.Next(100_000).ToString(CultureInfo.InvariantCulture),
                2 => (random.Next(10_000_000) / 100.0).ToString(CultureInfo.InvariantCulture),
                3 => (random.NextDouble() * 1e10).ToString("0.#########E+00", CultureInfo.InvariantCulture).ToLowerInvariant(),
                _ => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
            };
            page.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value}\n");
        }

        return Encoding.UTF8.GetBytes(page.ToString());
    }
}
