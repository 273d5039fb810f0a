using System.Buffers;
using System.Globalization;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Tests;

/// <summary>Reads metrics as those who scrape us do.</summary>
internal static class MetricText
{
    /// <summary>The sum of all series of a name, or of those that begin as the text does when it has labels.</summary>
    public static double ValueOf(MetricRegistry registry, string name)
    {
        ArrayBufferWriter<byte> page = new();
        registry.WriteTo(page, ExpositionFormat.Text004);
        double sum = 0;
        foreach (string line in Encoding.UTF8.GetString(page.WrittenSpan).Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal)
                && (name.Contains('{', StringComparison.Ordinal) || line[name.Length] is '{' or ' '))
            {
                sum += double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
            }
        }

        return sum;
    }
}
