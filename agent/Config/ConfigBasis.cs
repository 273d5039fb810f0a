using AmpEdge.Agent.Buffer;

namespace AmpEdge.Agent.Config;

/// <summary>What flags lay down before a configuration is read.</summary>
internal sealed record ConfigBasis
{
    /// <summary>The bounds within which destinations may have their own.</summary>
    public BufferOptions Buffer { get; init; } = new();

    /// <summary>The defaults of the <c>global</c> section.</summary>
    public GlobalConfig Global { get; init; } = new();
}
