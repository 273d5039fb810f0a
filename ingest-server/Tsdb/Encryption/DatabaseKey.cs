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
}
