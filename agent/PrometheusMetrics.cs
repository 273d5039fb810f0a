using System.Runtime.InteropServices;
using AmpEdge.Hosting;

namespace AmpEdge.Agent;

/// <summary>
/// What dashboards and alerts for Prometheus's agent ask for beyond what the components count: their variables are filled from
/// <c>prometheus_build_info</c>.
/// </summary>
internal static class PrometheusMetrics
{
    public static void Register(MetricRegistry registry, BuildVersion version, Func<bool> isReady)
    {
        registry.Gauges(
                "prometheus_build_info",
                "A metric with a constant '1' value labeled by version, revision, branch, goversion from which prometheus was "
                + "built, and the goos and goarch for the build.",
                "branch", "goarch", "goos", "goversion", "revision", "tags", "version")
            .With(
                "", RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant(), "linux",
                RuntimeInformation.FrameworkDescription, version.Revision, "", version.Version)
            .Set(1);
        registry.Gauge(
            "prometheus_ready", "Whether Prometheus startup was fully completed and the server is ready for normal operation.",
            () => isReady() ? 1 : 0);
        // A configuration that names a mechanism which cannot be made is refused whole.
        registry.Gauges("prometheus_sd_failed_configs", "Current number of service discovery configurations that failed to load.", "name")
            .With("scrape").Set(0);
    }
}
