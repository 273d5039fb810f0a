namespace AmpEdge.Agent.Discovery;

/// <summary>What a scrape job asks of discovery: its mechanisms, each with a text that tells its configuration.</summary>
/// <param name="Name">The job's name.</param>
/// <param name="Discoverers">Signature and maker of each; equal signatures are equal discoverers.</param>
internal sealed record DiscoveryJob(string Name, IReadOnlyList<KeyValuePair<string, Func<IDiscoverer>>> Discoverers);
