namespace AmpEdge.Agent.Discovery;

/// <summary>A discoverer that can say how it fares; read from any thread.</summary>
internal interface IStatusReporter
{
    DiscovererStatus Status { get; }
}
