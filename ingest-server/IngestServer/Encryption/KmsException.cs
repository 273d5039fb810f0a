namespace AmpEdge.IngestServer.Encryption;

/// <summary>AWS KMS did not do what was asked of it; the message says what, why and what to do.</summary>
internal sealed class KmsException(string message, Exception? cause) : IOException(message, cause);
