using System.Security.Cryptography;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// A database's key as it lies in its folder, wrapped by a master key. Whoever deletes the file has deleted the data: without it nobody can
/// read them.
/// </summary>
internal static class WrappedKeyFile
{
    private const string FileName = "key";

    /// <summary>True when the database in a folder has a key.</summary>
    public static bool Exists(IFileSystem files, string folder) => files.FileExists(Path.Combine(folder, FileName));

    /// <summary>The key of the database in a folder, which stays as it is; null for a plain one.</summary>
    /// <exception cref="IOException">The disk failed, the file is damaged, or none of the master keys is that of the file.</exception>
    public static DatabaseKey? Read(IFileSystem files, string folder, string name, IReadOnlyList<IMasterKey> masterKeys)
    {
        string path = Path.Combine(folder, FileName);
        if (TryRead(files, path) is not { } wrapped)
        {
            return null;
        }

        Span<byte> key = stackalloc byte[KeyFile.KeyLength];
        try
        {
            Unwrap(wrapped, path, name, masterKeys, key);
            return new DatabaseKey(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>
    /// Overwrites the key and deletes its file: from then on nobody can read what was encrypted with it, wherever a copy lies, who has
    /// no copy of the file. Nothing happens when there is none.
    /// </summary>
    /// <exception cref="IOException">The disk failed; the key may still be there.</exception>
    public static void Destroy(IFileSystem files, string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!files.FileExists(path))
        {
            return;
        }

        using (IFile file = files.OpenWrite(path))
        {
            file.Write(0, new byte[file.Length]);
            file.Sync();
        }

        files.Delete(path);
        files.SyncFolder(folder);
    }

    /// <summary>
    /// The key of the database in a folder. A database without one gets one; a key that is wrapped by an older master key is wrapped by
    /// the first one instead.
    /// </summary>
    /// <param name="files">The disk.</param>
    /// <param name="folder">The database's folder.</param>
    /// <param name="name">The database's name: a key file that was copied to another database does not open.</param>
    /// <param name="masterKeys">The master key, then older ones.</param>
    /// <exception cref="IOException">The disk failed, the file is damaged, or none of the master keys is that of the file.</exception>
    public static DatabaseKey Open(IFileSystem files, string folder, string name, IReadOnlyList<IMasterKey> masterKeys)
    {
        string path = Path.Combine(folder, FileName);
        Span<byte> key = stackalloc byte[KeyFile.KeyLength];
        try
        {
            IMasterKey current = masterKeys[0];
            if (TryRead(files, path) is not { } wrapped)
            {
                AtomicFile.Write(files, path, current.NewKey(name, key).ToBytes());
            }
            else if (Unwrap(wrapped, path, name, masterKeys, key) != current)
            {
                AtomicFile.Write(files, path, current.Wrap(name, key).ToBytes());
            }

            return new DatabaseKey(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static WrappedKey? TryRead(IFileSystem files, string path)
    {
        try
        {
            byte[]? content = AtomicFile.TryRead(files, path, WrappedKey.MaxLength);
            return content is null ? null
                : WrappedKey.TryParse(content, out WrappedKey? wrapped) ? wrapped
                : throw new IOException(
                    $"{path} is not the wrapped key of a database, or is damaged: bring it back from a copy, without it the data cannot be "
                    + "read");
        }
        catch (InvalidDataException tooLarge)
        {
            throw new IOException(tooLarge.Message, tooLarge);
        }
    }

    private static IMasterKey Unwrap(
        WrappedKey wrapped, string path, string name, IReadOnlyList<IMasterKey> masterKeys, Span<byte> key)
    {
        foreach (IMasterKey master in masterKeys)
        {
            try
            {
                if (master.TryUnwrap(name, wrapped, key))
                {
                    return master;
                }
            }
            catch (WrongDatabaseKeyException wrong)
            {
                throw new IOException($"{path} does not open for {name}: {wrong.Message}", wrong);
            }
        }

        throw new IOException(
            $"{path} is wrapped by the master key {wrapped.MasterKey}, which is not among those given: "
            + (wrapped.Kind == MasterKeyKind.Local
                ? "name its file in storage.encryption.master_key_file or previous_master_key_files, or in a command's --storage.master-key-file"
                : "name it in storage.encryption.kms.key_id or previous_key_ids, or in a command's --storage.kms-key-id"));
    }
}
