using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Config;

/// <summary>One destination of <c>remote_write</c>.</summary>
internal sealed record RemoteWriteConfig
{
    public const string MessageV1 = "prometheus.WriteRequest";
    public const string MessageV2 = "io.prometheus.write.v2.Request";

    /// <summary>Where samples are sent.</summary>
    public required Uri Url { get; init; }

    /// <summary>Shown in logs and metrics; empty: made from the URL.</summary>
    public string Name { get; init; } = "";

    /// <summary>How long a request may take before it is tried again.</summary>
    public TimeSpan RemoteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Added to each request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Rules that change or drop series before they are sent to this destination.</summary>
    public IReadOnlyList<RelabelRule> WriteRelabelRules { get; init; } = [];

    /// <summary>Whether exemplars of scraped series are sent.</summary>
    public bool SendExemplars { get; init; }

    /// <summary>Whether native histograms are sent by remote write 1.0; 2.0 always does.</summary>
    public bool SendNativeHistograms { get; init; }

    /// <summary>True to connect to the addresses of the host in turn.</summary>
    public bool RoundRobinDns { get; init; }

    /// <summary><c>prometheus.WriteRequest</c> for remote write 1.0, <c>io.prometheus.write.v2.Request</c> for 2.0: a receiver that answers 415 is then sent 1.0.</summary>
    public string ProtobufMessage { get; init; } = MessageV1;

    /// <summary>How samples are queued and sent; see below.</summary>
    public QueueConfig Queue { get; init; } = new();

    /// <summary>How metadata is sent; see below.</summary>
    public MetadataConfig Metadata { get; init; } = new();

    /// <summary>Signing for Amazon Managed Prometheus; see below.</summary>
    public SigV4Config? SigV4 { get; init; }

    /// <summary>How the destination is asked; see below.</summary>
    public HttpClientConfig HttpClient { get; init; } = new() { EnableHttp2 = false };
}
