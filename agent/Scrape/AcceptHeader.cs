using System.Globalization;
using System.Text;

namespace AmpEdge.Agent.Scrape;

/// <summary>The Accept header for a list of scrape protocols: the first is liked best.</summary>
internal static class AcceptHeader
{
    private const int KnownProtocols = 5;

    /// <summary>The header of a request; every known protocol has its place, so the first weight is always the same.</summary>
    /// <param name="protocols">Names as in <c>scrape_protocols</c>.</param>
    /// <param name="escaping">How names outside the old alphabet shall come: <c>allow-utf-8</c>, <c>underscores</c>, <c>dots</c>, <c>values</c>.</param>
    public static string For(IReadOnlyList<string> protocols, string escaping)
    {
        StringBuilder header = new();
        int weight = KnownProtocols + 1;
        foreach (string protocol in protocols)
        {
            header.Append(MediaTypeOf(protocol));
            if (protocol is "OpenMetricsText1.0.0" or "PrometheusText1.0.0")
            {
                header.Append(";escaping=").Append(escaping);
            }

            header.Append(CultureInfo.InvariantCulture, $";q=0.{weight},");
            weight--;
        }

        return header.Append(CultureInfo.InvariantCulture, $"*/*;q=0.{weight}").ToString();
    }

    private static string MediaTypeOf(string protocol) => protocol switch
    {
        "PrometheusProto" =>
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
        "OpenMetricsText1.0.0" => "application/openmetrics-text;version=1.0.0",
        "OpenMetricsText0.0.1" => "application/openmetrics-text;version=0.0.1",
        "PrometheusText1.0.0" => "text/plain;version=1.0.0",
        "PrometheusText0.0.4" => "text/plain;version=0.0.4",
        _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "unknown scrape protocol"),
    };
}
