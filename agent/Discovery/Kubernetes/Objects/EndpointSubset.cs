namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Addresses that all have the same ports.</summary>
internal sealed record EndpointSubset(
    EndpointAddress[] Ready, EndpointAddress[] NotReady, ContainerPort[] Ports);
