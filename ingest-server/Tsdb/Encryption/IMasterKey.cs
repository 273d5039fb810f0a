namespace AmpEdge.Tsdb;

/// <summary>
/// A key that wraps the keys of databases and nothing else, so that it can be changed without writing data anew. Thread-safe.
/// </summary>
public interface IMasterKey
{
    /// <summary>Makes a key for a database, and the same wrapped.</summary>
    /// <param name="database">The database's name, without which the key does not open.</param>
    /// <param name="key">Gets the 32 bytes.</param>
    /// <exception cref="IOException">Who has the master key did not do it.</exception>
    WrappedKey NewKey(string database, Span<byte> key);

    /// <summary>Wraps a key that is there already.</summary>
    /// <exception cref="IOException">Who has the master key did not do it.</exception>
    WrappedKey Wrap(string database, ReadOnlySpan<byte> key);

    /// <summary>False when another master key wrapped it.</summary>
    /// <exception cref="WrongDatabaseKeyException">This master key did, but under another name, or it was changed since.</exception>
    /// <exception cref="IOException">Who has the master key did not do it.</exception>
    bool TryUnwrap(string database, WrappedKey wrapped, Span<byte> key);
}
