using System.Globalization;
using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads the <c>access_log</c> section.</summary>
internal static class AccessLogReader
{
    public static AccessLogConfig Read(ConfigSection? section)
    {
        AccessLogConfig defaults = new();
        if (section is null)
        {
            return defaults;
        }

        string path = section.Text("path");
        AccessLogConfig config = new()
        {
            Path = path is "" or LineFile.StandardOutput ? path : section.FilePath("path"),
            SampleRatio = section.Float("sample_ratio", defaults.SampleRatio),
            QueryValues = section.Bool("query_values", defaults.QueryValues),
        };
        if (path.Length == 0)
        {
            section.Fail("path", "is missing", allowed: "a file, or stdout");
        }

        if (!(config.SampleRatio >= 0 && config.SampleRatio <= 1))
        {
            section.Fail(
                "sample_ratio", "is out of range", config.SampleRatio.ToString(CultureInfo.InvariantCulture), "from 0 to 1");
        }

        section.End();
        return config;
    }
}
