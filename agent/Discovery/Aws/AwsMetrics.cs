using AmpEdge.Hosting;

namespace AmpEdge.Agent.Discovery;

/// <summary>What discovery asks of AWS.</summary>
internal sealed class AwsMetrics(MetricRegistry registry)
{
    private readonly MetricFamily<CounterMetric> _requests = registry.Counters(
        "ampedge_sd_aws_requests_total", "Requests of discovery to AWS, tries again among them.", "service", "operation");

    private readonly MetricFamily<CounterMetric> _throttled = registry.Counters(
        "ampedge_sd_aws_throttled_total", "Requests of discovery that AWS refused for being too many.", "service", "operation");

    public CounterMetric Requests(string service, string operation) => _requests.With(service, operation);

    public CounterMetric Throttled(string service, string operation) => _throttled.With(service, operation);
}
