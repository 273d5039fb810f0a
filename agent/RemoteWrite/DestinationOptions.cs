using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Config;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>One remote_write endpoint, as its queue needs it.</summary>
internal sealed record DestinationOptions
{
    /// <summary>Names the destination in metrics and messages, and its delivery position: a new name starts from now.</summary>
    public required string Name { get; init; }

    public required Uri Url { get; init; }

    /// <summary>The URL for logs and pages.</summary>
    public string ShownUrl => ConfigUrl.Shown(Url.AbsoluteUri);

    public TimeSpan RemoteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Headers of every request besides our own.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Added to each series that lacks the name, before the rules below.</summary>
    public Labels ExternalLabels { get; init; } = Labels.Empty;

    /// <summary>What <c>write_relabel_configs</c> says.</summary>
    public IReadOnlyList<RelabelRule> WriteRelabelRules { get; init; } = [];

    /// <summary>The message to send, as long as the receiver knows it.</summary>
    public WriteProtocol Protocol { get; init; }

    /// <summary>Whether exemplars are sent.</summary>
    public bool SendExemplars { get; init; }

    /// <summary>Whether native histograms are sent; version 2.0 always does, as in Prometheus.</summary>
    public bool SendHistograms { get; init; }

    public QueueConfig Queue { get; init; } = new();

    public MetadataConfig Metadata { get; init; } = new();

    /// <summary>The most bytes of a request's compressed body.</summary>
    public int MaxBodyBytes => (int)Queue.MaxBytesPerSend.Bytes;

    /// <summary>How long stopping goes on delivering what waits in memory.</summary>
    public TimeSpan FlushDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether entries of a kind are sent at all.</summary>
    public bool Wants(SampleKind kind) => kind switch
    {
        SampleKind.Histogram => SendHistograms,
        SampleKind.Exemplar => SendExemplars,
        _ => true,
    };
}
