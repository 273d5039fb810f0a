namespace AmpEdge.Hosting;

/// <summary>A component cannot start for a reason that the operator can mend; printed as one line, without a stack.</summary>
public sealed class StartFailedException(string message, Exception? inner = null) : Exception(message, inner);
