namespace AmpEdge.Agent.Config;

/// <summary>Targets written down in the configuration, with labels for all of them.</summary>
/// <param name="Targets">Addresses, <c>host:port</c>.</param>
/// <param name="Labels">Labels that each of them gets.</param>
internal sealed record StaticConfig(
    IReadOnlyList<string> Targets, IReadOnlyList<KeyValuePair<string, string>> Labels);
