using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

// The file "key" (FORMAT.md, "Encryption"):
//
//   +--------------------+-----------------+----------+---------------+--------+-----------+
//   | "AMPEKEY" 0x01   8 | master key id 8 | nonce 12 | wrapped key 32 | tag 16 | CRC32C  4 |
//   +--------------------+-----------------+----------+---------------+--------+-----------+

/// <summary>
/// A database's key as it lies in its folder, wrapped by a master key. Whoever deletes the file has deleted the data: without it nobody can
/// read them.
/// </summary>
internal static class WrappedKeyFile
{
    private const string FileName = "key";
    private const int MagicLength = 8;
    private const int NonceAt = MagicLength + MasterKey.IdLength;
    private const int KeyAt = NonceAt + MasterKey.NonceLength;
    private const int TagAt = KeyAt + KeyFile.KeyLength;
    private const int ChecksumAt = TagAt + MasterKey.TagLength;
    private const int Length = ChecksumAt + sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "AMPEKEY\x01"u8;

    /// <summary>True when the database in a folder has a key.</summary>
    public static bool Exists(IFileSystem files, string folder) => files.FileExists(Path.Combine(folder, FileName));

    /// <summary>The key of the database in a folder, which stays as it is; null for a plain one.</summary>
    /// <exception cref="IOException">The disk failed, the file is damaged, or none of the master keys is that of the file.</exception>
    public static DatabaseKey? Read(IFileSystem files, string folder, string name, IReadOnlyList<MasterKey> masterKeys)
    {
        string path = Path.Combine(folder, FileName);
        if (TryRead(files, path) is not { } content)
        {
            return null;
        }

        Span<byte> key = stackalloc byte[KeyFile.KeyLength];
        try
        {
            Unwrap(content, path, name, masterKeys, key);
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
            file.Write(0, new byte[Length]);
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
    public static DatabaseKey Open(IFileSystem files, string folder, string name, IReadOnlyList<MasterKey> masterKeys)
    {
        string path = Path.Combine(folder, FileName);
        Span<byte> key = stackalloc byte[KeyFile.KeyLength];
        try
        {
            byte[]? content = TryRead(files, path);
            if (content is null)
            {
                RandomNumberGenerator.Fill(key);
                Write(files, path, name, masterKeys[0], key);
            }
            else if (Unwrap(content, path, name, masterKeys, key) != masterKeys[0])
            {
                Write(files, path, name, masterKeys[0], key);
            }

            return new DatabaseKey(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[]? TryRead(IFileSystem files, string path)
    {
        try
        {
            return AtomicFile.TryRead(files, path, Length);
        }
        catch (InvalidDataException tooLarge)
        {
            throw new IOException(tooLarge.Message, tooLarge);
        }
    }

    private static MasterKey Unwrap(byte[] content, string path, string name, IReadOnlyList<MasterKey> masterKeys, Span<byte> key)
    {
        if (content.Length != Length || !content.AsSpan().StartsWith(Magic)
            || Crc32C.Append(0, content.AsSpan(0, ChecksumAt)) != BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(ChecksumAt)))
        {
            throw new IOException(
                $"{path} is not the wrapped key of a database, or is damaged: bring it back from a copy, without it the data cannot be read");
        }

        ReadOnlySpan<byte> id = content.AsSpan(MagicLength, MasterKey.IdLength);
        foreach (MasterKey master in masterKeys)
        {
            if (!master.Id.SequenceEqual(id))
            {
                continue;
            }

            try
            {
                master.Unwrap(
                    content.AsSpan(NonceAt, MasterKey.NonceLength), content.AsSpan(KeyAt, KeyFile.KeyLength),
                    content.AsSpan(TagAt, MasterKey.TagLength), key, Encoding.UTF8.GetBytes(name));
                return master;
            }
            catch (AuthenticationTagMismatchException)
            {
                throw new IOException($"{path} does not open for {name}: it is the key of another database, or was changed");
            }
        }

        throw new IOException(
            $"{path} is wrapped by the master key {Convert.ToHexStringLower(id)}, which is not among those given: name its file in "
            + "storage.encryption.master_key_file or previous_master_key_files, or in a command's --storage.master-key-file");
    }

    private static void Write(IFileSystem files, string path, string name, MasterKey master, ReadOnlySpan<byte> key)
    {
        byte[] content = new byte[Length];
        Magic.CopyTo(content);
        master.Id.CopyTo(content.AsSpan(MagicLength));
        Span<byte> nonce = content.AsSpan(NonceAt, MasterKey.NonceLength);
        RandomNumberGenerator.Fill(nonce);
        master.Wrap(
            nonce, key, content.AsSpan(KeyAt, KeyFile.KeyLength), content.AsSpan(TagAt, MasterKey.TagLength), Encoding.UTF8.GetBytes(name));
        BinaryPrimitives.WriteUInt32BigEndian(content.AsSpan(ChecksumAt), Crc32C.Append(0, content.AsSpan(0, ChecksumAt)));
        AtomicFile.Write(files, path, content);
    }
}
