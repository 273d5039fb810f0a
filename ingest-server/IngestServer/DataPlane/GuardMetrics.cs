using AmpEdge.Hosting;
using AmpEdge.IngestServer.Auth;

namespace AmpEdge.IngestServer.DataPlane;

/// <summary>Requests by action and refusals by reason.</summary>
internal sealed class GuardMetrics
{
    private readonly CounterMetric[] _requests;
    private readonly MetricFamily<CounterMetric> _refused;

    public GuardMetrics(MetricRegistry metrics)
    {
        MetricFamily<CounterMetric> requests = metrics.Counters(
            "ampedge_data_plane_requests_total", "Requests to workspaces, refused ones included.", "action");
        _requests = Array.ConvertAll(
            Enum.GetValues<DataPlaneAction>(), action => requests.With(DataPlaneActions.Name(action)));
        _refused = metrics.Counters(
            "ampedge_requests_refused_total",
            "Requests refused before they reached their workspace, by reason.",
            "reason");
        foreach (string reason in (ReadOnlySpan<string>)["missing_token", "signature_mismatch", "access_denied"])
        {
            _refused.With(reason);
        }
    }

    public CounterMetric Requests(DataPlaneAction action) => _requests[(int)action];

    /// <summary>A refused request is off the hot path, so its child is looked up.</summary>
    public CounterMetric Refused(string reason) => _refused.With(reason);
}
