namespace AmpEdge.Agent.Discovery;

/// <summary>A port of a container that may be a target.</summary>
/// <param name="ContainerPort">Inside the container.</param>
/// <param name="AddressPort">Where it is reached.</param>
/// <param name="Name">Its name in the task definition, or empty.</param>
/// <param name="Origin">Who told of it: <c>docker_label</c>, <c>network_binding</c> or <c>port_mapping</c>.</param>
internal readonly record struct EcsPort(int ContainerPort, int AddressPort, string Name, string Origin);
