using System.Security.Cryptography;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>The key of one database: its log and its other files have keys derived from it. Thread-safe.</summary>
internal sealed class DatabaseKey
{
    /// <param name="key">32 bytes, which are not kept.</param>
    public DatabaseKey(ReadOnlySpan<byte> key)
    {
        Span<byte> derived = stackalloc byte[KeyFile.KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived, salt: default, "ampedge database log"u8);
        Log = new SegmentCipher(derived);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived, salt: default, "ampedge database files"u8);
        Files = new FileCipher(derived);
        CryptographicOperations.ZeroMemory(derived);
    }

    public SegmentCipher Log { get; }

    public FileCipher Files { get; }

    /// <summary>The key of the database in a folder, made when there is none; null for a plain one.</summary>
    /// <exception cref="IOException">There is a key and it was not given, or another one was.</exception>
    public static DatabaseKey? Open(IFileSystem files, string folder, DatabaseEncryption? encryption)
    {
        if (encryption is null)
        {
            RequireNone(files, folder);
            return null;
        }

        return WrappedKeyFile.Open(files, folder, encryption.Name, encryption.MasterKeys);
    }

    /// <exception cref="IOException">There is a key.</exception>
    public static void RequireNone(IFileSystem files, string folder)
    {
        if (WrappedKeyFile.Exists(files, folder))
        {
            throw new IOException(
                $"the database in {folder} is encrypted, and no key was given: name its master key in "
                + "storage.encryption, or in a command's --storage.master-key-file or --storage.kms-key-id");
        }
    }

    /// <summary>The disk as everything but the log sees it.</summary>
    public static IFileSystem ContentOf(IFileSystem files, DatabaseKey? key) =>
        key is null ? files : new EncryptedFileSystem(files, key.Files);
}
