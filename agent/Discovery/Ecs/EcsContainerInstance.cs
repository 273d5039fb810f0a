namespace AmpEdge.Agent.Discovery;

/// <summary>A machine of a cluster: leads from a task to its EC2 instance.</summary>
internal sealed record EcsContainerInstance(string? ContainerInstanceArn, string? Ec2InstanceId);
