namespace AmpEdge.Tsdb;

/// <summary>How a database is encrypted: with a key of its own, which lies in its folder, wrapped.</summary>
/// <param name="Name">The database's name; its key opens under no other.</param>
/// <param name="MasterKeys">The master key that wraps its key, then older ones that may have wrapped it.</param>
public sealed record DatabaseEncryption(string Name, IReadOnlyList<IMasterKey> MasterKeys);
