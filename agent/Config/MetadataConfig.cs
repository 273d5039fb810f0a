namespace AmpEdge.Agent.Config;

/// <summary>Whether and how often types, helps and units of metrics are sent.</summary>
internal sealed record MetadataConfig
{
    /// <summary>True to send type, help and unit of metrics.</summary>
    public bool Send { get; init; } = true;

    /// <summary>How often they are sent.</summary>
    public TimeSpan SendInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Metrics of such a request, at most.</summary>
    public int MaxSamplesPerSend { get; init; } = 2000;
}
