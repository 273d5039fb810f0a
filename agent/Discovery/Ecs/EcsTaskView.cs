namespace AmpEdge.Agent.Discovery;

/// <summary>A task with all that was found out about its surroundings.</summary>
/// <param name="Task">The task.</param>
/// <param name="Cluster">Its cluster, or null when the API did not describe it.</param>
/// <param name="Service">Its service, or null when it has none.</param>
/// <param name="Definition">What it was started from.</param>
/// <param name="InstanceId">The EC2 instance below it; empty on Fargate.</param>
/// <param name="Instance">That instance, or null when nothing is known of it.</param>
/// <param name="InterfacePublicIp">The public address of its own network interface; empty when it has none.</param>
internal sealed record EcsTaskView(
    EcsTask Task,
    EcsCluster? Cluster,
    EcsService? Service,
    EcsTaskDefinition Definition,
    string InstanceId,
    Ec2Instance? Instance,
    string InterfacePublicIp)
{
    private const string Awsvpc = "awsvpc";

    /// <summary><c>awsvpc</c>, <c>bridge</c>, <c>host</c> or <c>none</c>.</summary>
    public string NetworkMode =>
        Definition.NetworkMode ?? (Task.InterfaceDetail("privateIPv4Address") is null ? "bridge" : Awsvpc);

    public bool IsAwsvpc => NetworkMode == Awsvpc;

    /// <summary>Where its ports are reached: its own interface, else its machine; empty when that is not known.</summary>
    public string Address => IsAwsvpc
        ? Task.InterfaceDetail("privateIPv4Address") ?? Task.InterfaceDetail("privateIPv6Address") ?? ""
        : Instance?.PrivateIp ?? "";
}
