namespace AmpEdge.SigV4;

/// <summary>One header line as it stands on the wire; a name may repeat, in the order of its lines.</summary>
public readonly record struct HeaderField(string Name, string Value);
