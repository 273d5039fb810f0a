namespace AmpEdge.Hosting;

/// <summary>A header to add to each request: given values, secret values, and values read from files at each request.</summary>
public sealed record HttpHeaderConfig(
    string Name, IReadOnlyList<string> Values, IReadOnlyList<Secret> Secrets, IReadOnlyList<string> Files);
