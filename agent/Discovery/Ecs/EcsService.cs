namespace AmpEdge.Agent.Discovery;

/// <summary>A service as DescribeServices gives it, as far as labels need it.</summary>
internal sealed record EcsService(string? ServiceArn, string? ServiceName, string? Status, List<EcsTag>? Tags);
