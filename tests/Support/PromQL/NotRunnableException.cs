namespace AmpEdge.Tests.Support;

/// <summary>A case needs a part of the language that is not there yet; the message says which.</summary>
public sealed class NotRunnableException(string reason) : Exception(reason);
