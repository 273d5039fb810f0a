namespace AmpEdge.Tsdb;

/// <summary>A wrapped key does not open under the name of its database: it is another database's, or was changed.</summary>
public sealed class WrongDatabaseKeyException(Exception cause)
    : IOException("it is the key of another database, or was changed", cause);
