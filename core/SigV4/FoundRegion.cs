namespace AmpEdge.SigV4;

/// <summary>A region that nobody configured, and who named it.</summary>
/// <param name="Name">Such as <c>us-east-1</c>.</param>
/// <param name="Origin">Where it was found, in words: <c>AWS_REGION</c>, <c>profile 'x'</c>.</param>
public sealed record FoundRegion(string Name, string Origin);
