namespace AmpEdge.Agent.Discovery;

/// <summary>Something attached to a task: its network interface in awsvpc mode, volumes.</summary>
internal sealed record EcsAttachment(string? Type, List<EcsAttachmentDetail>? Details);
