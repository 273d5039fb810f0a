namespace AmpEdge.Hosting;

/// <summary>A component with the time it has for stopping.</summary>
internal readonly record struct HostedPart(IComponent Component, TimeSpan StopTimeout);
