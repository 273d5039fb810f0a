using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Config;

/// <summary>One destination of <c>remote_write</c>.</summary>
internal sealed record RemoteWriteConfig
{
    public const string MessageV1 = "prometheus.WriteRequest";
    public const string MessageV2 = "io.prometheus.write.v2.Request";

    public required Uri Url { get; init; }

    /// <summary>Shown in logs and metrics; empty: made from the URL.</summary>
    public string Name { get; init; } = "";

    public TimeSpan RemoteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Added to each request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public IReadOnlyList<RelabelRule> WriteRelabelRules { get; init; } = [];

    /// <summary>Whether exemplars of scraped series are sent.</summary>
    public bool SendExemplars { get; init; }

    /// <summary>Whether native histograms are sent by remote write 1.0; 2.0 always does.</summary>
    public bool SendNativeHistograms { get; init; }

    public bool RoundRobinDns { get; init; }

    /// <summary><c>prometheus.WriteRequest</c> for remote write 1.0, <c>io.prometheus.write.v2.Request</c> for 2.0: a receiver that answers 415 is then sent 1.0.</summary>
    public string ProtobufMessage { get; init; } = MessageV1;

    public QueueConfig Queue { get; init; } = new();

    public MetadataConfig Metadata { get; init; } = new();

    public SigV4Config? SigV4 { get; init; }

    public HttpClientConfig HttpClient { get; init; } = new() { EnableHttp2 = false };
}
