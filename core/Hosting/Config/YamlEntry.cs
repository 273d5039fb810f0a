namespace AmpEdge.Hosting;

/// <summary>One key of a mapping with its value.</summary>
public sealed record YamlEntry(string Key, YamlPosition KeyPosition, YamlNode Value);
