using System.Collections.Frozen;
using System.Linq;

namespace AmpEdge.Agent.Config;

/// <summary>
/// What <c>--enable-feature</c> of Prometheus means here, so that command lines may stay as they are. Names that ask for something
/// that is not there are not among them and are refused.
/// </summary>
internal static class PrometheusFeatures
{
    public const string ExtraScrapeMetrics = "extra-scrape-metrics";
    public const string NativeHistograms = "native-histograms";
    public const string CreatedTimestamps = "created-timestamp-zero-ingestion";
    public const string AutoReload = "auto-reload-config";

    private const string AlwaysOn = "it is always on here";
    private const string ServerOnly = "it is of the database and the queries of a Prometheus server, which an agent has not";

    private static readonly FrozenDictionary<string, string> s_meanings = new Dictionary<string, string>
    {
        [ExtraScrapeMetrics] = "extra_scrape_metrics is true unless the configuration says otherwise",
        [NativeHistograms] = "scrape_native_histograms is true unless the configuration says otherwise",
        [CreatedTimestamps] =
            "counters, histograms and summaries begin with a zero at the time that the page says they were created; protobuf is asked for first",
        [AutoReload] = "the configuration is looked at every --config.auto-reload-interval, 30s unless given",
        ["agent"] = AlwaysOn,
        ["auto-gomaxprocs"] = AlwaysOn,
        ["auto-gomemlimit"] = AlwaysOn,
        ["exemplar-storage"] = "exemplars are always taken, and sent where send_exemplars is true",
        ["expand-external-labels"] = AlwaysOn,
        ["metadata-wal-records"] = "metadata is always sent, with each series where remote write 2.0 is",
        ["new-service-discovery-manager"] = AlwaysOn,
        ["no-default-scrape-port"] = AlwaysOn,
        ["concurrent-rule-eval"] = ServerOnly,
        ["memory-snapshot-on-shutdown"] = ServerOnly,
        ["old-ui"] = "the pages are AmpEdge's own",
        ["promql-at-modifier"] = ServerOnly,
        ["promql-delayed-name-removal"] = ServerOnly,
        ["promql-duration-expr"] = ServerOnly,
        ["promql-experimental-functions"] = ServerOnly,
        ["promql-negative-offset"] = ServerOnly,
        ["promql-per-step-stats"] = ServerOnly,
        ["use-uncached-io"] = ServerOnly,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names that are taken.</summary>
    public static string[] Names { get; } = [.. s_meanings.Keys.Order(StringComparer.Ordinal)];

    /// <summary>What one of <see cref="Names"/> does here.</summary>
    public static string MeaningOf(string name) => s_meanings[name];

    /// <summary>The defaults of the <c>global</c> section with these features.</summary>
    public static GlobalConfig DefaultsWith(IReadOnlyList<string> features)
    {
        GlobalConfig defaults = new();
        bool nativeHistograms = features.Contains(NativeHistograms);
        return defaults with
        {
            ScrapeNativeHistograms = nativeHistograms,
            ScrapeProtocols = nativeHistograms || features.Contains(CreatedTimestamps) ? ScrapeProtocol.DefaultsWithNativeHistograms : defaults.ScrapeProtocols,
            ExtraScrapeMetrics = features.Contains(ExtraScrapeMetrics),
        };
    }
}
