namespace AmpEdge.Proxy.Usage;

/// <summary>A selector that reads whatever there is, as far as names tell.</summary>
internal sealed record OpenRead(string Workspace, string Selector, IReadOnlyList<ReadCount> Readers);
