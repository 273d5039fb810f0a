using AmpEdge.Agent.Config;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>One remote_write endpoint, as its queue needs it.</summary>
internal sealed record DestinationOptions
{
    /// <summary>Names the destination in metrics and messages, and its delivery position: a new name starts from now.</summary>
    public required string Name { get; init; }

    public required Uri Url { get; init; }

    public TimeSpan RemoteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Headers of every request besides our own.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Added to each series that lacks the name, before the rules below.</summary>
    public Labels ExternalLabels { get; init; } = Labels.Empty;

    /// <summary>What <c>write_relabel_configs</c> says.</summary>
    public IReadOnlyList<RelabelRule> WriteRelabelRules { get; init; } = [];

    public QueueConfig Queue { get; init; } = new();

    public MetadataConfig Metadata { get; init; } = new();

    /// <summary>The most bytes of a request's compressed body; Amazon Managed Prometheus takes 1 MB.</summary>
    public int MaxBodyBytes { get; init; } = 1_000_000;

    /// <summary>How long stopping goes on delivering what waits in memory.</summary>
    public TimeSpan FlushDeadline { get; init; } = TimeSpan.FromSeconds(5);
}
