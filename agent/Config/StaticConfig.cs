namespace AmpEdge.Agent.Config;

/// <summary>Targets written down in the configuration, with labels for all of them.</summary>
internal sealed record StaticConfig(
    IReadOnlyList<string> Targets, IReadOnlyList<KeyValuePair<string, string>> Labels);
