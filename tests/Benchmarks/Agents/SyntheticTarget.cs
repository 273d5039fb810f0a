using System.Globalization;
using System.Text;

namespace AmpEdge.Benchmarks.Agents;

/// <summary>
/// A page of an application: families of ten series with four labels, half of whose values change from one version of the
/// page to the next.
/// </summary>
internal static class SyntheticTarget
{
    /// <summary>Every series of these pages begins with this, unlike those that agents add.</summary>
    public const string NamePrefix = "bench_";

    /// <summary>How many versions of a page there are; scrapes see them in turn.</summary>
    public const int Versions = 10;

    private static readonly string[] s_methods = ["GET", "POST", "PUT", "DELETE"];

    public static byte[] Page(int target, int series, int version)
    {
        Random random = new((target * 1_000) + version);
        Random names = new(target);
        StringBuilder page = new();
        for (int index = 0; index < series; index++)
        {
            int family = index / 10;
            if (index % 10 == 0)
            {
                page.Append(CultureInfo.InvariantCulture, $"# HELP {NamePrefix}service{family}_requests_total Requests that the service took.\n");
                page.Append(CultureInfo.InvariantCulture, $"# TYPE {NamePrefix}service{family}_requests_total counter\n");
            }

            page.Append(CultureInfo.InvariantCulture, $"{NamePrefix}service{family}_requests_total{{");
            page.Append(CultureInfo.InvariantCulture, $"code=\"{200 + (index % 3 * 100)}\",method=\"{s_methods[index % 4]}\",");
            page.Append(CultureInfo.InvariantCulture, $"path=\"/api/v1/item/{index % 10}\",upstream=\"{names.Next():x8}\"}} ");
            page.Append(Value(random, index, version)).Append('\n');
        }

        return Encoding.UTF8.GetBytes(page.ToString());
    }

    private static string Value(Random random, int index, int version) => (index % 4) switch
    {
        0 => (index * 1_000).ToString(CultureInfo.InvariantCulture),
        1 => ((index * 1_000) + (version * 17)).ToString(CultureInfo.InvariantCulture),
        2 => "0",
        _ => (random.NextDouble() * 1_000).ToString("0.######", CultureInfo.InvariantCulture),
    };
}
