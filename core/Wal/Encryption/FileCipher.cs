using System.Security.Cryptography;

namespace AmpEdge.Wal;

/// <summary>The key of files that are encrypted in pages by AES-256-GCM. Thread-safe.</summary>
/// <remarks>Each file has a key of its own, derived from this one and 32 random bytes in its header. FORMAT.md, "Encrypted files".</remarks>
public sealed class FileCipher
{
    /// <summary>The bytes of a key.</summary>
    public const int KeyLength = 32;

    private readonly byte[] _key;
    private readonly byte[] _keyId;

    /// <param name="key">32 bytes, which are copied.</param>
    public FileCipher(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength);
        _key = key.ToArray();
        _keyId = HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, EncryptedFileFormat.KeyIdLength, info: "ampedge file key id"u8.ToArray());
    }

    /// <summary>Tells keys apart without saying anything of them.</summary>
    internal ReadOnlySpan<byte> KeyId => _keyId;

    internal AesGcm KeyOf(ReadOnlySpan<byte> salt)
    {
        Span<byte> fileKey = stackalloc byte[KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, fileKey, salt, "ampedge file"u8);
        AesGcm key = new(fileKey, EncryptedFileFormat.TagLength);
        CryptographicOperations.ZeroMemory(fileKey);
        return key;
    }
}
