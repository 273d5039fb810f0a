using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Rules;

/// <summary>One alert of an alerting rule. Changed by the evaluation of its rule only.</summary>
internal sealed class ActiveAlert(Labels labels)
{
    /// <summary>The labels of the result and of the rule, expanded.</summary>
    public Labels Labels { get; } = labels;

    public required IReadOnlyList<KeyValuePair<string, string>> Annotations { get; set; }

    /// <summary>What the expression gave last.</summary>
    public required double Value { get; set; }

    public AlertState State { get; set; } = AlertState.Pending;

    /// <summary>When it became pending, in milliseconds since the epoch.</summary>
    public required long ActiveAtMs { get; init; }

    public long? FiredAtMs { get; set; }

    public long? ResolvedAtMs { get; set; }

    /// <summary>Since when it fires only because it is to go on for a while.</summary>
    public long? KeepFiringSinceMs { get; set; }
}
