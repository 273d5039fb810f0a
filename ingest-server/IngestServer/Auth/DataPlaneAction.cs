namespace AmpEdge.IngestServer.Auth;

/// <summary>
/// The IAM actions of the data plane. The names are AMP's: <c>aps:</c> and the member's name; the last one is ours, for what
/// AMP does not offer.
/// </summary>
internal enum DataPlaneAction
{
    RemoteWrite,
    QueryMetrics,
    GetSeries,
    GetLabels,
    GetMetricMetadata,
    ListRules,
    ListAlerts,
    AdministerStore,
}
