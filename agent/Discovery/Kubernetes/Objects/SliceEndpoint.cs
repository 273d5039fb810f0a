namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>One endpoint of an <see cref="EndpointSlice"/>; what is null was not said.</summary>
internal sealed record SliceEndpoint
{
    public required string[] Addresses { get; init; }

    public bool? Ready { get; init; }

    public bool? Serving { get; init; }

    public bool? Terminating { get; init; }

    public string? Hostname { get; init; }

    public string? NodeName { get; init; }

    public string? Zone { get; init; }

    public TargetReference? Target { get; init; }
}
