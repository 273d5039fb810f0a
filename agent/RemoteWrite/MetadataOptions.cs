namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Whether and when types, help texts and units are sent; the names and defaults of Prometheus's <c>metadata_config</c>.</summary>
internal sealed record MetadataOptions
{
    public bool Send { get; init; } = true;

    public TimeSpan SendInterval { get; init; } = TimeSpan.FromMinutes(1);

    public int MaxSamplesPerSend { get; init; } = 2_000;
}
