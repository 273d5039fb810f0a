namespace AmpEdge.Benchmarks.Queries;

/// <summary>One of the queries that are compared.</summary>
/// <param name="Kind">Of what kind.</param>
/// <param name="Text">The expression, or the path of a list.</param>
/// <param name="OfNativeHistograms">Not to be asked of a server that takes none.</param>
internal sealed record DashboardQuery(QueryKind Kind, string Text, bool OfNativeHistograms = false)
{
    /// <summary>As dashboards of node exporters and web servers ask.</summary>
    public static IReadOnlyList<DashboardQuery> All { get; } =
    [
        new(QueryKind.Range, """sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m]))"""),
        new(QueryKind.Range, """100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))"""),
        new(QueryKind.Range, """sum by (mode) (irate(node_cpu_seconds_total[5m]))"""),
        new(QueryKind.Range, """1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"""),
        new(QueryKind.Range, """sum(node_memory_MemTotal_bytes - node_memory_MemFree_bytes - node_memory_Cached_bytes)"""),
        new(QueryKind.Range, """topk(5, sum by (instance) (rate(node_network_receive_bytes_total{device!="lo"}[5m])))"""),
        new(QueryKind.Range, """node_filesystem_avail_bytes{fstype=~"ext4|xfs"} / node_filesystem_size_bytes{fstype=~"ext4|xfs"} < 0.9"""),
        new(QueryKind.Range, """histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))"""),
        new(QueryKind.Range, """histogram_quantile(0.9, sum by (le, handler, zone) (rate(http_request_duration_seconds_bucket[5m])))"""),
        new(QueryKind.Range, """histogram_quantile(0.99, sum(rate(http_request_native_seconds[5m])))""", OfNativeHistograms: true),
        new(QueryKind.Range, """histogram_quantile(0.9, sum by (handler, zone) (rate(http_request_native_seconds[5m])))""", OfNativeHistograms: true),
        new(QueryKind.Range, """sum by (code) (rate(http_requests_total[1m]))"""),
        new(QueryKind.Range, """sum(rate(http_request_duration_seconds_sum[5m])) / sum(rate(http_request_duration_seconds_count[5m]))"""),
        new(QueryKind.Range, """max by (instance) (rate(node_disk_io_time_seconds_total[5m]))"""),
        new(QueryKind.Range, """node_load1{instance=~"host-00[0-4].*"}"""),
        new(QueryKind.Range, """avg_over_time(node_load5[30m])"""),
        new(QueryKind.Range, """quantile by (zone) (0.95, node_load1)"""),
        new(QueryKind.Range, """max_over_time(sum by (zone) (rate(node_network_transmit_bytes_total[5m]))[30m:1m])"""),
        new(QueryKind.Range, """sum by (release) (rate(node_cpu_seconds_total{mode="user"}[5m]) * on (instance) group_left (release) node_uname_info)"""),
        new(QueryKind.Range, """rate(node_network_receive_bytes_total{device="eth0"}[5m]) * 8"""),
        new(QueryKind.Instant, """topk(10, sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m])))"""),
        new(QueryKind.Instant, """count by (__name__) ({__name__=~".+"})"""),
        new(QueryKind.Instant, """predict_linear(node_filesystem_avail_bytes{mountpoint="/"}[1h], 4 * 3600) < 0"""),
        new(QueryKind.Instant, """histogram_quantile(0.5, sum by (le, instance) (increase(http_request_duration_seconds_bucket[1h])))"""),
        new(QueryKind.List, """label/instance/values?match[]=node_uname_info"""),
        new(QueryKind.List, """label/__name__/values?"""),
        new(QueryKind.List, """labels?match[]={job="node"}"""),
        new(QueryKind.List, """series?match[]=node_filesystem_size_bytes{mountpoint="/"}"""),
    ];

    /// <summary>Those of labels and series, for data sets whose samples are too few to ask for.</summary>
    public static IReadOnlyList<DashboardQuery> Lists { get; } =
    [
        new(QueryKind.List, """label/instance/values?match[]=node_uname_info"""),
        new(QueryKind.List, """label/instance/values?match[]={job="node"}"""),
        new(QueryKind.List, """label/instance/values?match[]={zone="zone-1",mode="idle"}"""),
        new(QueryKind.List, """label/mode/values?match[]={job="node"}"""),
        new(QueryKind.List, """label/__name__/values?"""),
        new(QueryKind.List, """label/instance/values?"""),
        new(QueryKind.List, """label/__name__/values?match[]={instance=~"host-00.*"}"""),
        new(QueryKind.List, """labels?"""),
        new(QueryKind.List, """labels?match[]={job="node"}"""),
        new(QueryKind.List, """labels?match[]=http_requests_total"""),
        new(QueryKind.List, """series?match[]=node_filesystem_size_bytes{mountpoint="/"}"""),
        new(QueryKind.Instant, """count by (__name__) ({__name__=~".+"})"""),
    ];
}
