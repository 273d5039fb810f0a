namespace AmpEdge.Hosting;

/// <summary>Reads the values given to a flag; returns null, or what is wrong with them.</summary>
internal delegate string? FlagReader<T>(IReadOnlyList<string> given, out T value);
