namespace AmpEdge.Tests.Support;

/// <summary>A request as a scripted server received it; header names are looked up in any case.</summary>
public sealed record ScriptedRequest(
    string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body);
