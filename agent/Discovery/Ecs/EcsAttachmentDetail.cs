namespace AmpEdge.Agent.Discovery;

/// <summary>A named property of an attachment, such as <c>privateIPv4Address</c>.</summary>
internal sealed record EcsAttachmentDetail(string? Name, string? Value);
