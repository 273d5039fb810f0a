using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.Rules;

/// <summary>One rule of a rule file: it records a series, or it alerts.</summary>
internal sealed record RuleDefinition
{
    /// <summary>The name of the series that is recorded; empty for an alerting rule.</summary>
    public string Record { get; init; } = "";

    /// <summary>The name of the alert; empty for a recording rule.</summary>
    public string Alert { get; init; } = "";

    /// <summary>The expression as written.</summary>
    public string Text { get; init; } = "";

    /// <summary>The expression as Prometheus prints it, which is what is evaluated and shown.</summary>
    public required Expr Expr { get; init; }

    /// <summary>How long an alert is pending before it fires.</summary>
    public TimeSpan For { get; init; }

    /// <summary>How long an alert goes on firing after its expression has nothing for it any more.</summary>
    public TimeSpan KeepFiringFor { get; init; }

    /// <summary>Labels for the result, those of the group included; templates for alerts.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>Templates of texts about an alert.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Annotations { get; init; } = [];

    public bool IsAlert => Alert.Length > 0;

    public string Name => IsAlert ? Alert : Record;
}
