using System.Security.Cryptography;

namespace AmpEdge.Wal;

/// <summary>The key of files that are encrypted in pages by AES-256-GCM. Thread-safe. FORMAT.md, "Encrypted files".</summary>
/// <param name="key">32 bytes, which are copied.</param>
public sealed class FileCipher(ReadOnlySpan<byte> key)
{
    /// <summary>The bytes of a key.</summary>
    public const int KeyLength = SaltedKey.KeyLength;

    private readonly SaltedKey _key = new(key, "ampedge file"u8, "ampedge file key id"u8);

    /// <summary>Tells keys apart without saying anything of them.</summary>
    internal ReadOnlySpan<byte> KeyId => _key.Id;

    internal AesGcm KeyOf(ReadOnlySpan<byte> salt) => _key.KeyOf(salt);
}
