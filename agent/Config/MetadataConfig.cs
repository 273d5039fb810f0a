namespace AmpEdge.Agent.Config;

/// <summary>Whether and how often types, helps and units of metrics are sent.</summary>
internal sealed record MetadataConfig
{
    public bool Send { get; init; } = true;

    public TimeSpan SendInterval { get; init; } = TimeSpan.FromMinutes(1);

    public int MaxSamplesPerSend { get; init; } = 2000;
}
